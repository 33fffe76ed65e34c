using System.Buffers.Binary;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Protocol.StateSync;

/// <summary>
/// The clocks that timestamps are taken from: one for each path, each ahead of the true one by its own random offset, so that a timestamp which the peer
/// echoes tells on which path it heard us.
/// </summary>
/// <remarks>
/// A peer echoes one timestamp, plus the time that it held it, which is under a second; offsets are further apart than any echo is old, and nobody else knows
/// them. Few paths matter at a time, so that few clocks are kept, and nothing is allocated.
/// </remarks>
internal sealed class PathClocks
{
    /// <summary>An echo that old is a fault of somebody's clock, not the path's doing, in ms.</summary>
    public const int OldestEcho = 5000;

    // What the peer's answer to a congestion mark takes off an echo, so that it looks older than the path's first timestamp.
    private const int CongestionPenalty = 500;

    // More than the oldest echo, the penalty, and the second that a peer may hold a timestamp.
    private const int Apart = 7000;

    private const int Kept = 4;
    private const int Draws = 64; // Each fits with a chance of a third at least.

    private readonly Clock[] _clocks = new Clock[Kept];

    /// <summary>Begins with the true clock, for mark 0.</summary>
    public PathClocks() => _clocks[0] = new Clock { IsUsed = true, Since = MonoTime.Never, LastUsed = MonoTime.Never };

    /// <summary>The timestamp of a datagram that leaves on the path with that mark.</summary>
    public ushort Stamp(MonoTime now, ulong mark, IRandomSource? random)
    {
        int place = PlaceOf(mark);
        if (place < 0)
            place = Begin(now, mark, random);
        _clocks[place].LastUsed = now;
        return Read(now, _clocks[place].Offset);
    }

    /// <summary>Tells on which path the echoed timestamp left, and how long ago, without the time that the peer held it.</summary>
    public bool TryRead(MonoTime now, ushort echo, out ulong mark, out int age)
    {
        foreach (ref readonly Clock clock in _clocks.AsSpan())
        {
            age = unchecked((ushort)(Read(now, clock.Offset) - echo));
            mark = clock.Mark;
            if (clock.IsUsed && age < OldestEcho && age <= now.Since(clock.Since) + CongestionPenalty)
                return true;
        }

        (mark, age) = (0, 0);
        return false;
    }

    private static ushort Read(MonoTime now, ushort offset)
    {
        ushort clock = unchecked((ushort)(now.Milliseconds + offset));
        return clock == PacketView.NoTimestamp ? (ushort)0 : clock;
    }

    private int PlaceOf(ulong mark)
    {
        for (int place = 0; place < Kept; place++)
        {
            if (_clocks[place].IsUsed && _clocks[place].Mark == mark)
                return place;
        }

        return -1;
    }

    private int Begin(MonoTime now, ulong mark, IRandomSource? random)
    {
        int place = 0;
        for (int other = 1; other < Kept; other++)
        {
            if (!_clocks[other].IsUsed || (_clocks[place].IsUsed && _clocks[other].LastUsed < _clocks[place].LastUsed))
                place = other;
        }

        ArgumentNullException.ThrowIfNull(random);
        _clocks[place] = default;
        Span<byte> drawn = stackalloc byte[sizeof(ushort)];
        ushort offset;
        int draws = 0;
        do
        {
            random.Fill(drawn);
            offset = BinaryPrimitives.ReadUInt16BigEndian(drawn);
        }
        while (IsNear(offset) && ++draws < Draws);

        _clocks[place] = new Clock { IsUsed = true, Mark = mark, Offset = offset, Since = now, LastUsed = now };
        return place;
    }

    private bool IsNear(ushort offset)
    {
        foreach (ref readonly Clock clock in _clocks.AsSpan())
        {
            int ahead = unchecked((ushort)(offset - clock.Offset));
            if (clock.IsUsed && Math.Min(ahead, 65_536 - ahead) < Apart)
                return true;
        }

        return false;
    }

    private struct Clock
    {
        public bool IsUsed;
        public ulong Mark;
        public ushort Offset;
        public MonoTime Since;
        public MonoTime LastUsed;
    }
}
