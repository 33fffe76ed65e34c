using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>A verdict, since when it holds, and a number that belongs to it (<see cref="VerdictWords"/> says which).</summary>
internal readonly record struct SessionVerdict(VerdictCause Cause, MonoTime Since, long Detail)
{
    /// <summary>Two numbers as one.</summary>
    public static long Pack(long high, long low) => (Math.Min(high, int.MaxValue) << 32) | Math.Min(low, uint.MaxValue);

    public static (long High, long Low) Unpack(long detail) => (detail >> 32, detail & uint.MaxValue);
}
