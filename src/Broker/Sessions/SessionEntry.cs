namespace MoshBroker.Sessions;

/// <summary>A session in the hub's table.</summary>
internal sealed class SessionEntry(SessionActor actor, SessionWorker worker)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SessionActor Actor { get; } = actor;

    public SessionWorker Worker { get; } = worker;

    /// <summary>Null while the session lives.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Completes when the session is over and its clients know, or could not be reached.</summary>
    public Task Ended => _ended.Task;

    public void MarkEnded(DateTimeOffset when)
    {
        EndedAt = when;
        _ended.TrySetResult();
    }
}
