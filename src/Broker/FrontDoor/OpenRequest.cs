using System.Net;
using MoshBroker.Backends;
using MoshBroker.Endpoint;
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>A session to be made: what <c>open</c> asks for on behalf of the user who ran it (only the uid is known, the rest is his claim), or what the front door admits.</summary>
internal sealed class OpenRequest : IDisposable
{
    public required uint Uid { get; init; }

    /// <summary>What will run; whoever serves the request takes it over.</summary>
    public required IBackendSource Backend { get; init; }

    /// <summary>The session's first user sits at a terminal, by plain ssh: no port, no key.</summary>
    public bool IsWithoutChannel { get; init; }

    /// <summary>Where the client is, as the front door saw it; null for what <c>open</c> brings.</summary>
    public IPAddress? Client { get; init; }

    /// <summary>How he came; null for what <c>open</c> brings.</summary>
    public SavedEntry? Entry { get; init; }

    /// <summary>What policy granted; null for a session that an account of this machine opens.</summary>
    public Admission? Admission { get; init; }

    /// <summary>Counts and traces what becomes of it; null for the hub to make one.</summary>
    public BootstrapAttempt? Attempt { get; init; }

    /// <summary>A synthetic session: nobody is missed when its client does not come.</summary>
    public bool IsProbe { get; init; }

    public int Pid { get; init; }

    public IPAddress? Bind { get; init; }

    public UdpPortRange? Ports { get; init; }

    public int Columns { get; init; } = 80;

    public int Rows { get; init; } = 24;

    public string Command { get; init; } = "";

    /// <summary>End the session after so long without a new state of the client; zero for never.</summary>
    public TimeSpan NetworkTimeout { get; init; }

    public string? ClaimedClient { get; init; }

    public void Dispose()
    {
        Backend.Dispose();
    }
}
