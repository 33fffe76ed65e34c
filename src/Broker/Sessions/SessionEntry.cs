namespace MoshBroker.Sessions;

/// <summary>A session in the hub's table.</summary>
internal sealed class SessionEntry(SessionActor actor, SessionWorker worker, (string Tenant, string User) place)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private (string Tenant, string User) _place = place;
    private bool _isPlaceGiven;
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

    /// <summary>The session counts there instead; false, and nothing changes, when it counts nowhere any more.</summary>
    public bool TryMove((string Tenant, string User) to, out (string Tenant, string User) before)
    {
        lock (_gate)
        {
            before = _place;
            if (_isPlaceGiven) { return false; }
            _place = to;
            return true;
        }
    }

    /// <summary>Where the session counted; it is over.</summary>
    public (string Tenant, string User) GivePlace()
    {
        lock (_gate)
        {
            _isPlaceGiven = true;
            return _place;
        }
    }

    public void MarkEnded(DateTimeOffset when)
    {
        EndedAt = when;
        _ended.TrySetResult();
    }
}
