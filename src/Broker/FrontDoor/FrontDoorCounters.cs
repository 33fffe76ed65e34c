using System.Collections.Concurrent;

namespace MoshBroker.FrontDoor;

/// <summary>What has come to the front door, in numbers; from any thread.</summary>
internal sealed class FrontDoorCounters
{
    private readonly ConcurrentDictionary<(string Method, string Reason), long> _failures = new();
    private readonly ConcurrentDictionary<string, long> _turnedAway = new(StringComparer.Ordinal);
    private long _accepted;

    /// <summary>Logins that sshd accepted.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Failed logins, by method and reason: both of small, fixed sets.</summary>
    public IReadOnlyDictionary<(string Method, string Reason), long> Failures => _failures;

    /// <summary>Connections that came to no login at all, by reason.</summary>
    public IReadOnlyDictionary<string, long> TurnedAway => _turnedAway;

    public void OnAccepted() => Interlocked.Increment(ref _accepted);

    public void OnFailure(string method, string reason) => _failures.AddOrUpdate((method, reason), 1, static (_, count) => count + 1);

    public void OnTurnedAway(string reason) => _turnedAway.AddOrUpdate(reason, 1, static (_, count) => count + 1);
}
