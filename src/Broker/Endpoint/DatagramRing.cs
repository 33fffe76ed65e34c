using MoshBroker.Actors;
using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>Authentic datagrams on their way from a shared port's thread to a loop where sessions live: one writer, one reader, fixed memory.</summary>
/// <remarks>
/// Its turn on the loop is bounded, so that descriptors and timers have theirs. A channel may fill a quarter of what is still free: some may flood, but there is
/// always room for somebody else's datagram.
/// </remarks>
internal sealed class DatagramRing(IDispatcher dispatcher) : IScheduled
{
    public const int Capacity = 2_048;

    private const int Bytes = 1 << 20;
    private const int PerTurn = 64;
    private const int ShareOfFree = 4;

    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
    private readonly SharedRoute[] _touched = new SharedRoute[PerTurn];
    private long _written; // Datagrams; the writer's.
    private long _taken; // The reader's.
    private long _writtenTo; // Bytes, gaps at the end included; the writer's.
    private long _freedTo; // The reader's.
    private int _isScheduled;

    /// <summary>Posts a copy; false when there is no room. On the port's thread.</summary>
    public bool TryPost(SharedRoute route, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        long free = Capacity - (_written - Volatile.Read(ref _taken));
        int offset = (int)(_writtenTo % Bytes);
        int gap = offset + datagram.Length > Bytes ? Bytes - offset : 0; // A datagram stands in one piece.
        long end = _writtenTo + gap + datagram.Length;
        if (route.Queued >= free / ShareOfFree || end - Volatile.Read(ref _freedTo) > Bytes) { return false; }
        int start = (offset + gap) % Bytes;
        datagram.CopyTo(_bytes.AsSpan(start));
        _entries[_written % Capacity] = new Entry(route, path, start, datagram.Length, end, congestionExperienced);
        _writtenTo = end;
        route.CountPosted();
        Volatile.Write(ref _written, _written + 1);
        Wake();
        return true;
    }

    public void Run(MonoTime now)
    {
        Interlocked.Exchange(ref _isScheduled, 0); // A full fence: what is posted from here on schedules again.
        int touched = 0;
        long written = Volatile.Read(ref _written);
        for (int i = 0; i < PerTurn && _taken < written; i++)
        {
            ref Entry entry = ref _entries[_taken % Capacity];
            if (!entry.Route.IsAttached && !entry.WasPutOff)
            {
                // Its session's first turn was scheduled before the client could know the key, so it comes before the next one here.
                entry.WasPutOff = true;
                break;
            }

            if (entry.Route.Take(now, entry.Path, _bytes.AsSpan(entry.Start, entry.Length), entry.CongestionExperienced)) { _touched[touched++] = entry.Route; }
            entry.Route = null!;
            Volatile.Write(ref _freedTo, entry.End);
            Volatile.Write(ref _taken, _taken + 1);
        }

        for (int i = 0; i < touched; i++)
        {
            _touched[i].EndBatch(now);
            _touched[i] = null!;
        }

        if (_taken < Volatile.Read(ref _written)) { Wake(); }
    }

    public void OnTimer(MonoTime now)
    {
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0) { dispatcher.Schedule(this); }
    }

    private struct Entry(SharedRoute route, UdpPath path, int start, int length, long end, bool congestionExperienced)
    {
        public SharedRoute Route = route;
        public bool WasPutOff;

        public readonly UdpPath Path => path;

        public readonly int Start => start;

        public readonly int Length => length;

        public readonly long End => end;

        public readonly bool CongestionExperienced => congestionExperienced;
    }
}
