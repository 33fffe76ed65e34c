using MoshBroker.Commands;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.FrontDoor;
using MoshBroker.Http;
using MoshBroker.Sessions;

namespace MoshBroker;

/// <summary>What listens where and how much fits in, for a person at a glance or for a log.</summary>
internal sealed partial class StartReport(ServeOptions options, Capacity capacity, HttpServer http, SshDaemon? ssh)
{
    private const string Off = "off";

    /// <summary>In the order to show it.</summary>
    public IReadOnlyList<ListeningView> Listening { get; } =
    [
        new("mosh (UDP)", $"{(options.ListenHost is { } host ? $"{host}, " : "all addresses, ")}{string.Join(", ", options.Ports)}"),
        new("front door (ssh)", ssh is null ? Off : $"{ssh.At}, as {ssh.Account}"),
        new("control socket", options.SocketPath),
        new("dashboard", http.Dashboard is { } dashboard ? $"http://{dashboard}/" : Off),
        new("health, metrics", http.Health is { } health ? $"http://{health}/livez, /readyz, /metrics" : Off),
    ];

    /// <summary>Lines to a person; one event, with the same words, to a log.</summary>
    public void Tell(TextWriter? terminal, ILogger logger)
    {
        List<(string What, string Value)> lines = [.. Listening.Select(view => (view.What, view.Where))];
        lines.Add(("store", options.Store.ToString()));
        if (options.Otlp is { } otlp) { lines.Add(("telemetry to", $"{otlp.Endpoint}{(otlp.IsGrpc ? " (grpc)" : "")}")); }
        lines.Add(("room for", $"{capacity.Sessions} sessions, as many as {capacity.Limit} allow; to have more, {capacity.Cure}"));
        if (terminal is null)
        {
            Started(logger, CommandLine.Version, options.Node, string.Join("; ", lines.Select(line => $"{line.What}: {line.Value}")));
            return;
        }

        int width = lines.Max(line => line.What.Length);
        terminal.WriteLine($"moshbroker {CommandLine.Version} is ready on {options.Node}");
        foreach ((string what, string value) in lines) { terminal.WriteLine($"  {what.PadRight(width)}  {value}"); }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "moshbroker {Version} is ready on {Node}; {Facts}")]
    private static partial void Started(ILogger logger, string version, string node, string facts);
}
