using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.StateSync;

/// <summary>
/// Works out the server's echo acknowledgement: the newest user state whose input has been with the program for 50 ms, so that its effect, if any,
/// is on the screen.
/// </summary>
public sealed class EchoAckClock
{
    /// <summary>How long a program is given to answer input, in ms.</summary>
    public const long EchoTime = 50;

    // Longer than any honest client's frames in 50 ms; above it, the newest record stands for the one before.
    private const int MaxRecords = 16;

    private readonly (ulong Number, MonoTime Arrived)[] _records = new (ulong, MonoTime)[MaxRecords];
    private int _first;
    private int _count;

    /// <summary>A clock that starts at an earlier incarnation's value, or at 0.</summary>
    public EchoAckClock(ulong echoAck = 0) => EchoAck = echoAck;

    /// <summary>The number to put on the screen's state; never decreases.</summary>
    public ulong EchoAck { get; private set; }

    /// <summary>When to call <see cref="Advance"/>; null when nothing waits.</summary>
    public MonoTime? NextTimeout => _count == 0 ? null : _records[_first].Arrived.Plus(EchoTime);

    /// <summary>A new newest user state brought at least one event, which went to the program just now.</summary>
    public void Record(MonoTime now, ulong number)
    {
        int place;
        if (_count == MaxRecords)
            place = (_first + _count - 1) % MaxRecords;
        else
            place = (_first + _count++) % MaxRecords;
        _records[place] = (number, now);
    }

    /// <summary>True when <see cref="EchoAck"/> grew.</summary>
    public bool Advance(MonoTime now)
    {
        ulong before = EchoAck;
        while (_count > 0 && now.Since(_records[_first].Arrived) >= EchoTime)
        {
            EchoAck = Math.Max(EchoAck, _records[_first].Number);
            _first = (_first + 1) % MaxRecords;
            _count--;
        }

        return EchoAck != before;
    }

    internal void WriteContent(ref SnapshotWriter to)
    {
        to.UInt64(EchoAck);
        to.Int(_count);
        for (int i = 0; i < _count; i++)
            to.UInt64(_records[(_first + i) % MaxRecords].Number);
    }

    /// <summary>What waits, waits anew: clocks of two processes have nothing in common, and later is never wrong.</summary>
    internal static EchoAckClock ReadContent(ref SnapshotReader from, MonoTime now)
    {
        EchoAckClock clock = new(from.UInt64());
        for (int count = from.Int(0, MaxRecords); count > 0; count--)
            clock.Record(now, from.UInt64());
        return clock;
    }
}
