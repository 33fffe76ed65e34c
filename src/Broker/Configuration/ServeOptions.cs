using System.Net;
using MoshBroker.FrontDoor;
using MoshBroker.Protocol.States;
using MoshBroker.Telemetry.Export;

namespace MoshBroker.Configuration;

/// <summary>Everything that <c>moshbroker serve</c> was told or assumes, checked.</summary>
internal sealed record ServeOptions
{
    /// <summary>Absolute.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The control socket; absolute, short enough for a Unix socket address.</summary>
    public required string SocketPath { get; init; }

    /// <summary>The address that UDP sockets bind; null is all addresses of both families.</summary>
    public IPAddress? ListenHost { get; init; }

    /// <summary>At least one, none overlapping another.</summary>
    public required IReadOnlyList<PortSource> Ports { get; init; }

    /// <summary>Most sessions at a time; null is as many as the machine allows.</summary>
    public int? Capacity { get; init; }

    /// <summary>Where the dashboard listens; null is off.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>The socket at which an authenticating proxy speaks for its users; absolute, null is off.</summary>
    public string? HttpProxyPath { get; init; }

    /// <summary>Where health and the scrape are served; null is off. The same as <see cref="Http"/> when it was not given.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>How many sessions have metrics of their own; 0 is off.</summary>
    public int SessionMetrics { get; init; }

    /// <summary>Where metrics, traces and logs are sent besides; null for nowhere.</summary>
    public OtlpTarget? Otlp { get; init; }

    /// <summary>Null: no front door.</summary>
    public FrontDoorOptions? FrontDoor { get; init; }

    public required StoreAddress Store { get; init; }

    /// <summary>The policy file; absolute, null for none.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>This node's name.</summary>
    public required string Node { get; init; }

    /// <summary>What a client of ours is offered.</summary>
    public PeerExtensions Extensions { get; init; } = PeerExtensions.All;

    /// <summary>Numeric addresses that clients are told.</summary>
    public IReadOnlyList<string> Advertised { get; init; } = [];

    /// <summary>From <c>MOSHBROKER_MASTER_KEY_FILE</c>; null is the data folder's own.</summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>What is started in our place when we hand over; null when nobody does so.</summary>
    public string? Successor { get; init; }

    /// <summary>The command line, for it.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}
