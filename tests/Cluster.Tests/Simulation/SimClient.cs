namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>A stock client, as far as the cluster matters to it: repeats what is not acknowledged, shows the highest number, believes every ack.</summary>
internal sealed class SimClient
{
    private const int Typing = 400;
    private const int Repeat = 300;
    private const int Heartbeat = 3000;

    private readonly SimWorld _world;
    private readonly SimSession _session;
    private SimNode? _entry;
    private (long Epoch, long Number) _heard;
    private long _spokeAt;

    public SimClient(SimWorld world, SimSession session)
    {
        _world = world;
        _session = session;
        world.At(world.Now + world.Chance(Typing), Type);
        world.At(world.Now + 1, Beat);
    }

    /// <summary>Keys typed.</summary>
    public int Typed { get; private set; }

    /// <summary>Of these, so many were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>How many keys the screen shows.</summary>
    public int Shown { get; private set; }

    public void OnFrame(Frame frame)
    {
        // An ack counts in whatever order it comes; a screen only when it is newer.
        if (frame.Ack <= Typed)
            Acknowledged = Math.Max(Acknowledged, frame.Ack);
        if ((frame.Epoch, frame.Number).CompareTo(_heard) <= 0)
            return;
        _heard = (frame.Epoch, frame.Number);
        Shown = frame.Screen;
    }

    private void Type()
    {
        if (_world.IsHealing || _session.HasEnded)
            return;
        Typed += 1 + _world.Chance(2);
        Speak();
        _world.At(_world.Now + 1 + _world.Chance(2 * Typing), Type);
    }

    private void Beat()
    {
        if (_session.HasEnded)
            return;
        if (Acknowledged < Typed || _world.Now - _spokeAt >= Heartbeat)
            Speak();
        _world.At(_world.Now + Repeat, Beat);
    }

    private void Speak()
    {
        _spokeAt = _world.Now;

        // The balancer keeps a flow on its node as long as that is ready.
        if (_entry is null || (!_entry.IsReady && _world.Chance(4) == 0))
            _entry = _world.AnyReadyNode();
        if (_entry is not { } node || _world.IsLost())
            return;
        Datagram datagram = new(_session.Id, Acknowledged, Typed, _heard, node.Name);
        _world.Deliver(node, _world.NetworkDelay(), () => node.OnDatagram(datagram, relayedEpoch: 0));
    }
}
