namespace MoshBroker.Cluster;

/// <summary>The rule by which epochs are drawn: always above the stored one, and never behind the calendar.</summary>
/// <remarks>
/// The second half keeps a store that went back in time (a backup restored, a stand-by promoted) from handing out an epoch again. Epochs
/// stay below 2^30 for 34 years, so that numbers from <c>epoch &lt;&lt; 32</c> stay in the range that stock clients were tried with.
/// </remarks>
internal static class Epoch
{
    private static readonly DateTimeOffset Origin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The least that the calendar allows.</summary>
    public static long At(DateTimeOffset now) => (long)(now - Origin).TotalSeconds;

    /// <summary>The epoch after <paramref name="stored"/> (0: none yet).</summary>
    public static long After(long stored, DateTimeOffset now) => Math.Max(stored + 1, At(now));
}
