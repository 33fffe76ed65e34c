namespace MoshBroker.Sessions;

/// <summary>A session in the hub's table.</summary>
internal sealed class SessionEntry(SessionActor actor, SessionWorker worker)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _network;

    public SessionActor Actor { get; } = actor;

    public SessionWorker Worker { get; } = worker;

    /// <summary>Null while the session lives.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Completes when the session is over and its clients know, or could not be reached.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Notes the network of a client; true when it is another one than before. On the session's loop.</summary>
    public bool MovesTo(string network)
    {
        bool isOther = !string.Equals(network, _network, StringComparison.Ordinal);
        _network = network;
        return isOther;
    }

    public void MarkEnded(DateTimeOffset when)
    {
        EndedAt = when;
        _ended.TrySetResult();
    }
}
