namespace MoshBroker.Cluster;

/// <summary>The last stored state of each session, for the node that takes it over.</summary>
internal interface IScreenStore
{
    /// <summary>Keeps states, each in place of the one before; what became of each, in their order.</summary>
    Task<IReadOnlyList<FencedOutcome>> SaveScreensAsync(IReadOnlyList<ScreenRow> screens, CancellationToken cancellationToken);

    /// <summary>The stored states of these sessions, in any order; sessions without one are left out.</summary>
    Task<IReadOnlyList<ScreenRow>> LoadScreensAsync(IReadOnlyList<string> sessions, CancellationToken cancellationToken);
}
