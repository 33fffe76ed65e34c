using MoshBroker.Client.Bootstrap;
using MoshBroker.Client.Display;
using MoshBroker.Client.Prediction;
using MoshBroker.Client.Ways;
using MoshBroker.Protocol.States;

namespace MoshBroker.Client;

/// <summary>Everything that a session is run with, but for its key.</summary>
internal sealed record SessionSettings
{
    /// <summary>The server as a sockaddr.</summary>
    public required byte[] Server { get; init; }

    public required int Family { get; init; }

    public required int Port { get; init; }

    /// <summary>The server for people.</summary>
    public required string ServerText { get; init; }

    public required (int Columns, int Rows) Window { get; init; }

    public required TerminalKind Terminal { get; init; }

    /// <summary>What a broker is told that we know.</summary>
    public PeerExtensions Extensions { get; init; }

    public PredictionMode Prediction { get; init; }

    public bool Overwrites { get; init; }

    public string? EscapeKey { get; init; }

    public bool HasTitlePrefix { get; init; } = true;

    /// <summary>Hosts and numeric addresses that may be the server's too.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>How datagrams go when UDP does not answer; null for not at all.</summary>
    public StreamFallback? Fallback { get; init; }

    /// <summary>The ssh that started the server, until it has ended.</summary>
    public ChildOutput? Bootstrap { get; init; }
}
