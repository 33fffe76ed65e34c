using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>A session as the node has it that runs it.</summary>
internal sealed class HeldSession(SimSession session, Tenure tenure, int applied, bool isGated)
{
    public SimSession Session { get; } = session;

    public Tenure Tenure { get; set; } = tenure;

    /// <summary>The newest client state; its keys went to the program.</summary>
    public int Applied { get; set; } = applied;

    /// <summary>Input waits until the client has heard this incarnation.</summary>
    public bool IsGated { get; set; } = isGated;

    public long NextNumber { get; set; } = 1;

    public string? Entry { get; set; }

    public long SentAt { get; set; } = long.MinValue / 2;

    public long DurableAt { get; set; } = long.MinValue / 2;

    public int DurableApplied { get; set; } = -1;

    /// <summary>On its way to another node: nothing is sent or applied.</summary>
    public bool IsStopped { get; set; }

    public bool IsEnding { get; set; }
}
