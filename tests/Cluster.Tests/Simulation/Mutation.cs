namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>A fault built into the cluster, which the simulator must find.</summary>
public enum Mutation
{
    None,

    /// <summary>The store takes every write, whatever epoch it names.</summary>
    NoFence,

    /// <summary>Who takes a session over goes on in the epoch that it finds.</summary>
    EpochContinued,

    /// <summary>Epochs are counted, without a look at the calendar.</summary>
    EpochsOnlyCounted,

    /// <summary>A node does not look at its lease before it sends and writes.</summary>
    PermissionUnchecked,

    /// <summary>A node that lost the store takes that for the store's outage, without asking its peers.</summary>
    GraceWithoutAsking,

    /// <summary>A node that lost the store believes the peers that answer, and does not mind the silent ones.</summary>
    GraceDespiteSilence,

    /// <summary>A node claims as soon as the store is back.</summary>
    ClaimsAtOnce,

    /// <summary>A node that joined, or came back, since the owner's last renewal claims like the others.</summary>
    NewcomersClaim,

    /// <summary>Nobody tells a store that went back in time whose the sessions are.</summary>
    NoReconcile,

    /// <summary>A session is handed over without being stopped first.</summary>
    HandOverWhileRunning,

    /// <summary>Who takes over does not learn from the client what was applied since the snapshot.</summary>
    NoAdoption,
}
