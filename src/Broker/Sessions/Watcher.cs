using MoshBroker.Protocol;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>The right to see a session and do nothing in it.</summary>
/// <param name="By">Who has it, for the watched and for recordings.</param>
internal sealed record Watcher(string By)
{
    /// <summary>Where he may be; null for where the session's own clients may.</summary>
    public NetworkSet? Networks { get; init; }

    /// <summary>When it is over: with his certificate, or his time here.</summary>
    public MonoTime Until { get; init; } = MonoTime.Forever;

    /// <summary>Asks another policy whether he still has it.</summary>
    public Func<Policy, DateTimeOffset, bool> IsStillAllowed { get; init; } = (_, _) => true;
}
