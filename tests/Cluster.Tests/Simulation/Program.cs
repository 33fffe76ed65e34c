namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>The program of a session: counts how often each key reached it, and lives with its node or, behind ssh, without it.</summary>
internal sealed class Program(bool isLocal)
{
    private readonly List<int> _times = [];

    public bool IsLocal { get; } = isLocal;

    public long LastEpoch { get; private set; }

    /// <summary>The screen: how many keys it shows.</summary>
    public int Keys { get; private set; }

    public int Times(int key) => key < _times.Count ? _times[key] : 0;

    public void Apply(int key, long epoch)
    {
        if (epoch < LastEpoch)
            throw new InvariantBrokenException($"epoch {epoch} writes to a program after epoch {LastEpoch} did");
        LastEpoch = epoch;
        while (_times.Count <= key)
            _times.Add(0);
        _times[key]++;
        Keys++;
    }
}
