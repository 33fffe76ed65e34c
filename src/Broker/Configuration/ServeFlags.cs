namespace MoshBroker.Configuration;

/// <summary>The long flags of <c>serve</c>, which are the config file's keys too.</summary>
internal static class ServeFlags
{
    public const string Data = "data";
    public const string Socket = "socket";
    public const string ListenHost = "listen-host";
    public const string Ports = "ports";
    public const string Capacity = "capacity";
    public const string Http = "http";
    public const string HttpProxy = "http-proxy";
    public const string Metrics = "metrics";
    public const string SessionMetrics = "session-metrics";
    public const string Otlp = "otlp";
    public const string Ssh = "ssh";
    public const string SshAccount = "ssh-account";
    public const string SshHostKey = "ssh-host-key";
    public const string SshProxy = "ssh-proxy";
    public const string Store = "store";
    public const string Policy = "policy";
    public const string Node = "node";
    public const string Extensions = "extensions";
    public const string Advertise = "advertise";

    /// <summary>In the order of help.</summary>
    public static IReadOnlyList<ServeFlag> All { get; } =
    [
        new(Data, "DIR", "Folder of the master key and the store ($XDG_STATE_HOME/moshbroker, ~/.local/state/moshbroker; root: /var/lib/moshbroker)"),
        new(Socket, "PATH", "Control socket ($XDG_RUNTIME_DIR/moshbroker/broker.sock; root: /run/moshbroker/broker.sock)"),
        new(ListenHost, "ADDR", "Address for UDP (all addresses, IPv4 and IPv6)"),
        new(Ports, "LO:HI|shared:PORT", "UDP ports, a random one per client, or one for all; may repeat (60001:60999)", MayRepeat: true),
        new(Capacity, "SESSIONS", "Most sessions at a time (what this machine's limits allow, which is never exceeded)"),
        new(Http, "ADDR:PORT|off", "Dashboard (127.0.0.1:8080)"),
        new(HttpProxy, "PATH", "Unix socket for an authenticating proxy, whose X-Forwarded-User and X-Forwarded-Groups are believed (off)"),
        new(Metrics, "ADDR:PORT|off", "Health and metrics (where the dashboard is, or would be)"),
        new(SessionMetrics, "LIMIT|off", "Metrics by session for that many sessions at most, under /metrics/sessions (off)"),
        new(Otlp, "URL|off", "OpenTelemetry collector for metrics, traces and logs ($OTEL_EXPORTER_OTLP_ENDPOINT, else off)"),
        new(Ssh, "ADDR:PORT|off", "Front door: OpenSSH's sshd, for the users of the policy (off)"),
        new(SshAccount, "NAME", "The account that the front door lets in (the broker's own; root: moshbroker, if there is one)"),
        new(SshHostKey, "FILE", "The front door's ed25519 host key (one of its own in the data folder, made at the first start)"),
        new(SshProxy, "ADDR[/BITS]", "Load balancer before the front door, whose PROXY header is demanded and believed; may repeat", MayRepeat: true),
        new(Store, "sqlite:FILE|postgres://USER@HOST/DATABASE", "Session store; passwords by $PGPASSFILE or $PGPASSWORD (sqlite:DIR/sessions.db)"),
        new(Policy, "FILE", "Tenants, users, targets and what they may (none: accounts of this machine open sessions)"),
        new(Node, "NAME", "This node's name (the host name)"),
        new(Extensions, "LIST|off", "What moshbroker connect is offered beyond stock's protocol: screen,health,addresses,stream (all)"),
        new(Advertise, "ADDR", "Address by which clients reach this broker too, such as its other family's or its stand-in's; may repeat", MayRepeat: true),
    ];
}
