using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>What happened to a session lately: a ring of fixed size, so that nothing a client does makes it grow.</summary>
/// <remarks>Written by the session's loop alone; read from any thread, which leaves out an entry that is being written just then.</remarks>
internal sealed class SessionTimeline
{
    public const int Length = 96;

    /// <summary>How far back it is told.</summary>
    public const long SpanMs = 3_600_000;

    // A window that is dragged, or a client that flaps, is one entry a second.
    private const long TogetherMs = 1000;

    private readonly long[] _at = new long[Length];
    private readonly long[] _what = new long[Length]; // Kind in the upper 8 bits, two numbers of 28 bits.
    private long _count;

    public void Add(MonoTime now, TimelineKind kind, int first = 0, int second = 0)
    {
        long what = ((long)kind << 56) | ((first & 0xFFFFFFFL) << 28) | (second & 0xFFFFFFFL);
        long slot = _count % Length;
        if (_count > 0 && IsContinued(now, kind, (int)((_count - 1) % Length))) { slot = (_count - 1) % Length; }
        else { Volatile.Write(ref _count, _count + 1); }
        Volatile.Write(ref _at[slot], long.MinValue);
        Volatile.Write(ref _what[slot], what);
        Volatile.Write(ref _at[slot], now.Milliseconds);
    }

    /// <summary>The last hour, oldest first.</summary>
    public IReadOnlyList<TimelineEntry> Read(MonoTime now)
    {
        List<TimelineEntry> entries = [];
        long count = Volatile.Read(ref _count);
        for (long i = Math.Max(0, count - Length); i < count; i++)
        {
            long slot = i % Length;
            long at = Volatile.Read(ref _at[slot]);
            long what = Volatile.Read(ref _what[slot]);
            if (at == long.MinValue || at != Volatile.Read(ref _at[slot]) || now.Milliseconds - at > SpanMs) { continue; }
            entries.Add(new TimelineEntry(new MonoTime(at), (TimelineKind)(what >> 56), Signed(what >> 28), Signed(what)));
        }

        return entries;
    }

    private static int Signed(long packed) => (int)packed << 4 >> 4;

    private bool IsContinued(MonoTime now, TimelineKind kind, int slot) =>
        kind is TimelineKind.Resized or TimelineKind.Roamed && (TimelineKind)(_what[slot] >> 56) == kind && now.Milliseconds - _at[slot] < TogetherMs;
}
