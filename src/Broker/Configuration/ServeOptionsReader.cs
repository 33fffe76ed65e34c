using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Cluster;
using MoshBroker.FrontDoor;
using MoshBroker.Protocol.States;
using MoshBroker.Telemetry.Export;
using MoshBroker.Tenants;

namespace MoshBroker.Configuration;

/// <summary>Makes <see cref="ServeOptions"/> of what was written and what is assumed. Checks all of it before anything starts.</summary>
internal sealed class ServeOptionsReader
{
    private const int MaxSocketPathBytes = 107;
    private const int MaxSessionMetrics = 20_000;
    private const string DefaultHttp = "127.0.0.1:8080";

    private readonly IReadOnlyDictionary<string, List<Setting>> _settings;
    private readonly HostEnvironment _host;

    private ServeOptionsReader(IReadOnlyDictionary<string, List<Setting>> settings, HostEnvironment host) => (_settings, _host) = (settings, host);

    /// <param name="commandLine">By flag; a flag given here stands instead of the same key of the config file.</param>
    /// <exception cref="StartRefusedException">The first fault found, with <see cref="ExitCodes.Usage"/>.</exception>
    public static ServeOptions Read(IReadOnlyDictionary<string, List<Setting>> commandLine, string? configFile, HostEnvironment host)
    {
        Dictionary<string, List<Setting>> settings =
            configFile is null ? new(StringComparer.Ordinal) : ConfigFile.Read(Path.GetFullPath(configFile, host.WorkingDirectory));
        foreach ((string flag, List<Setting> values) in commandLine) { settings[flag] = values; }
        return new ServeOptionsReader(settings, host).Read();
    }

    private ServeOptions Read()
    {
        string data = Find(ServeFlags.Data)?.ToFullPath() ?? _host.DefaultDataDirectory()
            ?? throw new StartRefusedException("no data folder: give one by --data, or set HOME", exitCode: ExitCodes.Usage);
        Setting? http = Find(ServeFlags.Http);
        IPEndPoint? dashboard = ToEndPoint(http ?? Assumed(ServeFlags.Http, DefaultHttp));
        return new ServeOptions
        {
            DataDirectory = data,
            SocketPath = ToSocketPath(Find(ServeFlags.Socket) ?? Assumed(ServeFlags.Socket, _host.DefaultSocket(data))),
            ListenHost = Find(ServeFlags.ListenHost) is { } host ? ToListenHost(host) : null,
            Ports = ToPorts(_settings.TryGetValue(ServeFlags.Ports, out List<Setting>? ports) ? ports : [Assumed(ServeFlags.Ports, "60001:60999")]),
            Capacity = Find(ServeFlags.Capacity) is { } capacity ? ToCapacity(capacity) : null,
            Http = dashboard,
            HttpProxyPath = Find(ServeFlags.HttpProxy) is { Value: not "off" } proxy ? ToSocketPath(proxy) : null,
            Metrics = Find(ServeFlags.Metrics) is { } metrics ? ToEndPoint(metrics) : dashboard ?? IPEndPoint.Parse(DefaultHttp),
            SessionMetrics = Find(ServeFlags.SessionMetrics) is { } limit ? ToSessionLimit(limit) : 0,
            Otlp = ToOtlp(),
            FrontDoor = ToFrontDoor(),
            Store = Find(ServeFlags.Store) is { } store ? ToStore(store) : new StoreAddress.Sqlite(Path.Combine(data, "sessions.db")),
            PolicyFile = Find(ServeFlags.Policy)?.ToFullPath(),
            Node = ToNode(Find(ServeFlags.Node) ?? Assumed(ServeFlags.Node, _host.HostName)),
            Extensions = Find(ServeFlags.Extensions) is { } extensions ? ToExtensions(extensions) : PeerExtensions.All,
            Advertised = ToAdvertised(_settings.TryGetValue(ServeFlags.Advertise, out List<Setting>? advertised) ? advertised : []),
            MasterKeyFile = _host.Variable(MasterKey.PathVariable) is { Length: > 0 } key ? Path.GetFullPath(key, _host.WorkingDirectory) : null,
        };
    }

    private static string ToSocketPath(Setting setting)
    {
        string path = setting.ToFullPath();
        return Encoding.UTF8.GetByteCount(path) <= MaxSocketPathBytes
            ? path
            : throw setting.Refuse($"longer than the {MaxSocketPathBytes} bytes that a socket's address holds: choose a shorter path");
    }

    private static IPAddress? ToListenHost(Setting setting) =>
        TryParseAddress(setting.Value, out IPAddress? address)
            ? address.Equals(IPAddress.IPv6Any) ? null : address
            : throw setting.Refuse("not an IP address: write one of this machine's, such as 192.0.2.1 or ::1");

    private static bool TryParseAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address) =>

        // IPAddress takes "1" for 0.0.0.1.
        IPAddress.TryParse(text, out address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3);

    private static IPEndPoint? ToEndPoint(Setting setting)
    {
        if (setting.Value == "off") { return null; }
        int colon = setting.Value.LastIndexOf(':');
        string host = colon < 0 ? "" : setting.Value[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (host.Contains(':', StringComparison.Ordinal) && !isBracketed)
            || !TryParseAddress(isBracketed ? host[1..^1] : host, out IPAddress? address)
            || !TryParsePort(setting.Value[(colon + 1)..], lowest: 0, out int port))
        {
            throw setting.Refuse("not an address and a port: write it as 127.0.0.1:8080 or [::1]:8080, or 'off'");
        }

        return new IPEndPoint(address, port);
    }

    private static bool TryParsePort(string text, int lowest, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= lowest && port <= 65535;

    private static List<PortSource> ToPorts(List<Setting> settings)
    {
        List<PortSource> sources = [];
        foreach (Setting setting in settings)
        {
            PortSource source = ToPortSource(setting);
            (int low, int high) = Bounds(source);
            if (sources.Find(earlier => low <= Bounds(earlier).High && high >= Bounds(earlier).Low) is { } other)
            {
                throw setting.Refuse($"overlaps {other}: let every port stand in one --ports only");
            }

            sources.Add(source);
        }

        return sources;
    }

    private static (int Low, int High) Bounds(PortSource source) => source switch
    {
        PortSource.Range range => (range.Low, range.High),
        PortSource.Shared shared => (shared.Port, shared.Port),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static PortSource ToPortSource(Setting setting)
    {
        const string Shared = "shared:";
        string[] ends = setting.Value.Split(':');
        if (setting.Value.StartsWith(Shared, StringComparison.Ordinal) && TryParsePort(setting.Value[Shared.Length..], lowest: 1, out int port))
        {
            return new PortSource.Shared(port);
        }

        if (ends.Length != 2 || !TryParsePort(ends[0], lowest: 1, out int low) || !TryParsePort(ends[1], lowest: 1, out int high) || low > high)
        {
            throw setting.Refuse("not a range of ports: write it as 60001:60999, the lower first, or as shared:60001");
        }

        return new PortSource.Range(low, high);
    }

    private static StoreAddress ToStore(Setting setting)
    {
        const string Sqlite = "sqlite:";
        if (setting.Value.StartsWith(Sqlite, StringComparison.Ordinal)) { return new StoreAddress.Sqlite((setting with { Value = setting.Value[Sqlite.Length..] }).ToFullPath()); }

        // Nothing of what was written is repeated: there may be a password in it.
        return PostgresAddress.TryParse(setting.Value, out string? fault) ?? throw setting.RefuseUnquoted(
            fault ?? "not a store: write it as sqlite:FILE, postgres://USER@HOST/DATABASE, or postgres:Host=…;Database=…;Username=…");
    }

    private static int ToCapacity(Setting setting) =>
        int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int sessions) && sessions >= 1
            ? sessions
            : throw setting.Refuse("not a number of sessions: write one of at least 1, or leave it out");

    private static int ToSessionLimit(Setting setting)
    {
        if (setting.Value == "off") { return 0; }
        return int.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxSessionMetrics
            ? limit
            : throw setting.Refuse($"not a number of sessions from 1 to {MaxSessionMetrics}: nine series each are a load for Prometheus, 500 is usual, 'off' is none");
    }

    private static PeerExtensions ToExtensions(Setting setting) =>
        PeerExtensionNames.TryParse(setting.Value, out PeerExtensions extensions)
            ? extensions
            : throw setting.Refuse($"not a list of extensions: write some of {PeerExtensionNames.All} with commas between, or 'off'");

    private static List<string> ToAdvertised(List<Setting> settings)
    {
        if (settings.Count > ServerNotes.MostAddresses) { throw settings[^1].Refuse($"one address too many: clients take {ServerNotes.MostAddresses}"); }
        return settings.ConvertAll(setting => TryParseAddress(setting.Value, out IPAddress? address)
            ? address.ToString()
            : throw setting.Refuse("not a numeric address: write it as 192.0.2.1 or 2001:db8::1"));
    }

    private static string ToNode(Setting setting) =>
        setting.Value.Length is >= 1 and <= 63 && setting.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        ? setting.Value
        : throw setting.Refuse("not a node's name: give one of letters, digits, '.', '_' and '-', at most 63, by --node");

    private FrontDoorOptions? ToFrontDoor()
    {
        if (Find(ServeFlags.Ssh) is not { } ssh || ToEndPoint(ssh) is not { } at) { return null; }
        if (Find(ServeFlags.Policy) is null) { throw ssh.Refuse("the front door needs to know who may come in: name a policy by --policy, or leave --ssh off"); }
        List<AddressRange> proxies = [];
        foreach (Setting proxy in _settings.TryGetValue(ServeFlags.SshProxy, out List<Setting>? given) ? given : [])
        {
            if (AddressRange.Parse(proxy.Value, out AddressRange range) is not null) { throw proxy.Refuse("not an address or a network: write it as 192.0.2.10 or 192.0.2.0/28"); }
            proxies.Add(range);
        }

        return new FrontDoorOptions(at, Find(ServeFlags.SshAccount)?.Value, NetworkSet.Of(proxies)) { HostKey = Find(ServeFlags.SshHostKey)?.ToFullPath() };
    }

    private OtlpTarget? ToOtlp()
    {
        string? variable = _host.Variable(OtlpTarget.EndpointVariable);
        if ((Find(ServeFlags.Otlp) ?? (variable is { Length: > 0 } ? new Setting(variable, OtlpTarget.EndpointVariable, _host.WorkingDirectory) : null)) is not { Value: not "off" } setting) { return null; }
        bool isUrl = Uri.TryCreate(setting.Value, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https" && endpoint.Query.Length == 0;
        if (endpoint?.UserInfo is { Length: > 0 }) { throw setting.RefuseUnquoted("an address with a password in it: leave that out, and set OTEL_EXPORTER_OTLP_HEADERS"); }
        if (!isUrl) { throw setting.RefuseUnquoted("not a collector's address: write it as http://127.0.0.1:4318, or 'off'"); }
        return _host.Variable(OtlpTarget.ProtocolVariable) switch
        {
            null or "" or "http/protobuf" => new OtlpTarget(endpoint!, IsGrpc: false),
            "grpc" => new OtlpTarget(endpoint!, IsGrpc: true),
            var other => throw new Setting(other, OtlpTarget.ProtocolVariable, _host.WorkingDirectory).Refuse("not a protocol that is spoken here: set it to http/protobuf or grpc"),
        };
    }

    private Setting? Find(string flag) => _settings.TryGetValue(flag, out List<Setting>? values) ? values[^1] : null;

    private Setting Assumed(string flag, string value) => new(value, $"--{flag}", _host.WorkingDirectory);
}
