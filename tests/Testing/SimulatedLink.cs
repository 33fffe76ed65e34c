using MoshBroker.Protocol;

namespace MoshBroker.Testing;

/// <summary>One direction of a network: loses, delays, and so reorders, and repeats datagrams as its seed has it.</summary>
public sealed class SimulatedLink(SeededRandom random)
{
    private readonly PriorityQueue<byte[], (long Arrival, long Order)> _underWay = new();
    private long _order;

    /// <summary>How likely a datagram is lost.</summary>
    public double Loss { get; set; }

    /// <summary>How likely a datagram arrives twice.</summary>
    public double Duplication { get; set; }

    /// <summary>The shortest delay, in ms.</summary>
    public int MinDelay { get; set; } = 10;

    /// <summary>The longest delay; when it is longer than the shortest, datagrams overtake each other.</summary>
    public int MaxDelay { get; set; } = 10;

    /// <summary>Nothing gets through.</summary>
    public bool IsCut { get; set; }

    public MonoTime NextArrival => _underWay.TryPeek(out _, out (long Arrival, long Order) first) ? new MonoTime(first.Arrival) : MonoTime.Forever;

    public void Send(MonoTime now, ReadOnlySpan<byte> datagram)
    {
        if (IsCut || random.Happens(Loss))
            return;
        int copies = random.Happens(Duplication) ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            long arrival = now.Milliseconds + MinDelay + random.Next(MaxDelay - MinDelay + 1);
            _underWay.Enqueue(datagram.ToArray(), (arrival, _order++));
        }
    }

    public bool TryReceive(MonoTime now, out byte[] datagram)
    {
        datagram = [];
        if (NextArrival > now)
            return false;
        datagram = _underWay.Dequeue();
        return true;
    }
}
