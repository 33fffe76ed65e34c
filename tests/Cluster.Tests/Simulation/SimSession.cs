namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>What really happens to a session, whatever nodes and store believe; fails when an invariant breaks.</summary>
internal sealed class SimSession(SimWorld world, string id, bool isLocal)
{
    private readonly HashSet<(long Epoch, long Number)> _numbers = [];
    private readonly Dictionary<long, SimNode> _holders = [];

    public string Id { get; } = id;

    public SimClient? Client { get; set; }

    public Program Program { get; } = new(isLocal);

    /// <summary>The highest epoch ever drawn, though the store may have forgotten it.</summary>
    public long NewestEpoch { get; private set; }

    /// <summary>Keys that successors could not know the fate of, as they told.</summary>
    public List<(int From, int To)> InDoubt { get; } = [];

    /// <summary>A node that held it was lost.</summary>
    public bool SufferedLoss { get; set; }

    /// <summary>The store told somebody that it has ended, with a reason.</summary>
    public bool HasEnded { get; set; }

    /// <summary>The store went back to before it knew of this session.</summary>
    public bool WasForgotten { get; set; }

    public void OnDrawn(SimNode holder, long epoch)
    {
        if (_holders.TryGetValue(epoch, out SimNode? other) && other != holder)
            throw new InvariantBrokenException($"{Id}: epoch {epoch} is drawn by {holder} after {other}");
        world.Tell($"{Id}: {holder} draws {epoch}");
        _holders[epoch] = holder;
        NewestEpoch = Math.Max(NewestEpoch, epoch);
    }

    public void OnSend(SimNode node, long epoch, long number)
    {
        RequireOwner(node, epoch, "sends");
        if (!_numbers.Add((epoch, number)))
            throw new InvariantBrokenException($"{Id}: number {epoch}/{number} is used twice, by {node}");
    }

    public void OnWriteAccepted(SimNode node, long epoch) => RequireOwner(node, epoch, "writes to the store");

    public void Apply(SimNode node, long epoch, int key)
    {
        RequireOwner(node, epoch, "writes to the program");
        if (Program.Times(key) > 0)
        {
            if (!SufferedLoss)
                throw new InvariantBrokenException($"{Id}: key {key} is applied twice, though no node was lost");
            if (Client!.Acknowledged > key)
                throw new InvariantBrokenException($"{Id}: key {key} is applied twice by {node}, though its ack had reached the client");
        }

        Program.Apply(key, epoch);
    }

    public bool IsSettled => HasEnded || WasForgotten || Client is null || (Client.Acknowledged == Client.Typed && Client.Shown == Program.Keys);

    /// <summary>At the end, when all faults are over and all had time to settle.</summary>
    public void CheckSettled()
    {
        if (HasEnded || WasForgotten || Client is null)
            return;
        if (Client.Acknowledged != Client.Typed)
            throw new InvariantBrokenException($"{Id}: neither goes on nor has ended: {Client.Acknowledged} of {Client.Typed} keys are acknowledged");
        if (Client.Shown != Program.Keys)
            throw new InvariantBrokenException($"{Id}: the client shows {Client.Shown} of {Program.Keys}");
        for (int key = 0; key < Client.Typed; key++)
        {
            if (Program.Times(key) == 0 && !InDoubt.Any(range => key >= range.From && key < range.To))
                throw new InvariantBrokenException($"{Id}: key {key} is lost, and nobody said that it was in doubt");
        }
    }

    private void RequireOwner(SimNode node, long epoch, string what)
    {
        if (epoch < NewestEpoch)
            throw new InvariantBrokenException($"{Id}: {node} {what} in epoch {epoch}, though {_holders[NewestEpoch]} has drawn {NewestEpoch}");
        if (_holders[epoch] != node)
            throw new InvariantBrokenException($"{Id}: {node} {what} in epoch {epoch}, which {_holders[epoch]} holds");
    }
}
