using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MoshBroker.Backends;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Endpoint;
using MoshBroker.Http;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>What each verb of the control socket does, and who may ask for it: a uid for its own sessions, root and the broker's own uid for all.</summary>
internal sealed class ControlRequests(SessionHub hub, AuditRequests audit, ControlLog log)
{
    private const int MaxCommandLength = 200; // For display only.
    private const int WatchersPerUser = 16;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<uint, SemaphoreSlim> _watchers = new();
    private readonly uint _own = AccountNative.EffectiveUser();

    /// <summary>Answers <c>enter</c>; null while the front door is off.</summary>
    public Doorkeeper? Door { get; init; }

    /// <summary>What <c>scrape-age</c> tells; null for nothing.</summary>
    public ScrapeClock? Scrapes { get; init; }

    /// <summary>Answers <c>token-…</c>; null while there is no dashboard.</summary>
    public TokenRequests? Tokens { get; init; }

    /// <summary>Answers <c>upgrade</c>; null where it cannot be.</summary>
    public Survival.Successor? Successor { get; init; }

    /// <summary>What <c>policy-show</c> shows; null for no policy.</summary>
    public PolicyFile? Policy { get; init; }

    /// <summary>Answers one request. Descriptors that a session takes over leave the list; the caller closes the rest.</summary>
    /// <param name="pid">Who asks, as the kernel noted it at the connection's begin.</param>
    public async Task<ControlMessage> AnswerAsync(uint uid, int pid, ControlMessage request, List<FileDescriptor> descriptors, CancellationToken cancellation)
    {
        string verb = Encoding.UTF8.GetString(request.Head);
        return verb switch
        {
            "open" => await OpenAsync(uid, request, descriptors, cancellation),
            "stream" => Stream(uid, request, descriptors),
            "enter" when Door is not null => await Door.AnswerAsync(uid, pid, EntryRequest.Read(request, ParsePorts, ParseSize), descriptors, cancellation),
            "policy-show" => uid == 0 || uid == _own
                ? Json(Encoding.UTF8.GetBytes(System.Text.Json.Nodes.JsonValue.Create(Policy?.CurrentText ?? "").ToJsonString()))
                : Refuse(uid, "the policy is root's and the broker's own to read"),
            "scrape-age" => Json(JsonSerializer.SerializeToUtf8Bytes(Scrapes?.Age ?? -1)),
            "upgrade" when Successor is not null => uid == 0 || uid == _own
                ? await Successor.TryTakeOverAsync(cancellation) is { } reason ? Refuse(uid, reason) : new ControlMessage("ok"u8)
                : Refuse(uid, "an upgrade is for root and the broker's own user to ask for"),
            "drain" => uid == 0 || uid == _own
                ? Json(JsonSerializer.SerializeToUtf8Bytes(hub.Drain()))
                : Refuse(uid, "a drain is for root and the broker's own user to ask for"),
            "sessions-list" => Json([.. hub.Sessions.Where(view => MayAsk(uid, view))]),
            "sessions-show" => Show(uid, Text(request, "session"u8) ?? ""),
            "sessions-close" => Close(uid, request),
            "token-create" or "token-list" or "token-revoke" when Tokens is not null => uid == 0 || uid == _own
                ? Tokens.Answer(AccountNative.NameOf(uid), request)
                : Refuse(uid, "tokens are for root and the broker's own user to make"),
            "audit-query" or "audit-verify" => uid == 0 || uid == _own
                ? await audit.AnswerAsync(request, cancellation)
                : Refuse(uid, "the audit trail is for root and the broker's own user"),
            _ => Refuse(uid, $"unknown request '{OneLine.Of(verb)}'; this broker and the command are of different versions"),
        };
    }

    private static string? Text(ControlMessage request, ReadOnlySpan<byte> name) => request.Find(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    private static ControlMessage Json(IReadOnlyList<SessionView> views) => Json(JsonSerializer.SerializeToUtf8Bytes(views, FeedJson.Default.IReadOnlyListSessionView));

    private static ControlMessage Json(byte[] json) => new ControlMessage("ok"u8).Add("json"u8, json);

    private static UdpPortRange? ParsePorts(string? text)
    {
        if (text is null) { return null; }
        string[] ends = text.Split(':');
        if (ends.Length > 2 || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort low)) { return new UdpPortRange(1, 0); }
        ushort high = low;
        if (ends.Length == 2 && !ushort.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out high)) { return new UdpPortRange(1, 0); }
        return low == 0 ? null : new UdpPortRange(low, high); // 0: any.
    }

    private static (int Columns, int Rows) ParseSize(string? text)
    {
        string[] parts = (text ?? "").Split('x');
        return parts.Length == 2
            && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort columns)
            && ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort rows)
            && SessionActor.IsUsableSize(columns, rows)
            ? (columns, rows)
            : (80, 24);
    }

    /// <summary>Begins to watch, if there is such a session and it may be seen; ask <see cref="WatchRefusal"/> why not.</summary>
    public WatchedSession? Watch(uint uid, ControlMessage request)
    {
        string id = Text(request, "session"u8) ?? "";
        if (hub.Find(id) is not { EndReason: null } view || !MayAsk(uid, view)) { return null; }
        SemaphoreSlim places = _watchers.GetOrAdd(uid, static _ => new SemaphoreSlim(WatchersPerUser));
        if (!places.Wait(0)) { return null; }
        if (hub.Watch(id, AccountNative.NameOf(uid), "terminal") is { } tap)
        {
            WatchedSession watched = new(hub, id, tap, places);
            Resize(watched, request);
            return watched;
        }

        places.Release();
        return null;
    }

    public ControlMessage WatchRefusal(uint uid, ControlMessage request) => Refuse(
        uid, $"no session '{OneLine.Of(Text(request, "session"u8) ?? "")}' that lives, or you watch {WatchersPerUser} already; moshbroker sessions list shows yours");

    /// <summary>The window of who watches.</summary>
    public static void Resize(WatchedSession watched, ControlMessage request)
    {
        (int columns, int rows) = ParseSize(Text(request, "size"u8));
        watched.Resize(columns, rows);
    }

    private bool MayAsk(uint uid, SessionView view) => uid == 0 || uid == _own || uid == view.Uid;

    private async Task<ControlMessage> OpenAsync(uint uid, ControlMessage request, List<FileDescriptor> descriptors, CancellationToken cancellation)
    {
        if (descriptors.Count != 2) { return Refuse(uid, "a request to open a session comes with a terminal and a pipe, and nothing else"); }
        (FileDescriptor master, FileDescriptor release) = (descriptors[0], descriptors[1]);
        if (!PtyNative.IsMasterOf(master, uid)) { return Refuse(uid, "what came with the request is not a terminal of yours"); }
        if (!PtyNative.IsPipe(release)) { return Refuse(uid, "what came with the request is not a pipe"); }
        PtyNative.Adopt(master);
        PtyNative.Adopt(release);
        descriptors.Clear();
        (int columns, int rows) = ParseSize(Text(request, "size"u8));
        string command = OneLine.Of(Text(request, "command"u8) ?? "");
        _ = int.TryParse(Text(request, "pid"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int pid);
        _ = int.TryParse(Text(request, "network-timeout"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int timeout);
        OpenRequest open = new()
        {
            Uid = uid,
            Backend = new HandedPty(master, release),
            IsProbe = request.Find("probe"u8) is not null,
            Pid = pid,
            Bind = IPAddress.TryParse(Text(request, "bind"u8), out IPAddress? bind) ? bind : null,
            Ports = ParsePorts(Text(request, "ports"u8)),
            Columns = columns,
            Rows = rows,
            Command = command.Length > MaxCommandLength ? command[..MaxCommandLength] : command,
            NetworkTimeout = TimeSpan.FromSeconds(timeout),
            ClaimedClient = Text(request, "claimed-client"u8) is { } claim ? OneLine.Of(claim) : null,
        };
        switch (await hub.OpenAsync(open, cancellation))
        {
            case OpenAnswer.Accepted accepted:
                ControlMessage answer = new ControlMessage("ok"u8)
                    .Add("port"u8, Encoding.UTF8.GetBytes(accepted.Port.ToString(CultureInfo.InvariantCulture)))
                    .Add("key"u8, accepted.PrintedKey)
                    .Add("session"u8, Encoding.UTF8.GetBytes(accepted.Session));
                foreach (string warning in accepted.Warnings) { answer.Add("warning"u8, Encoding.UTF8.GetBytes(warning)); }
                return answer;
            case OpenAnswer.Refused refused:
                return Refuse(uid, refused.Message);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// A client's datagrams by the ssh of this machine. Who holds the channel's name holds its key, and must be its user besides. Where he comes from is his claim, and decides nothing: where
    /// policy asks for that, it takes the front door.
    /// </summary>
    private ControlMessage Stream(uint uid, ControlMessage request, List<FileDescriptor> descriptors)
    {
        if (descriptors.Count != 1 || !Protocol.Crypto.ChannelName.TryParse(Text(request, "name"u8) ?? "", out UInt128 name)) { return Refuse(uid, "a stream needs the name of a channel"); }
        _ = ushort.TryParse(Text(request, "claimed-port"u8), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        UdpAddress client = UdpAddress.From(IPAddress.TryParse(Text(request, "claimed-client"u8), out IPAddress? claim) ? claim : IPAddress.Loopback, port);
        string? reason = hub.AttachStream(name, (session, _) => MayStream(uid, session), client, descriptors[0]);
        if (reason is not null) { return Refuse(uid, reason); }
        descriptors.Clear();
        return new ControlMessage("ok"u8);
    }

    private string? MayStream(uint uid, SessionActor session)
    {
        if (uid != 0 && uid != _own && uid != session.Facts.Uid) { return SessionHub.NoSuchChannel; }
        return session.Admission is { Networks.IsEverywhere: false } ? "policy says from which networks you may come, and a stream by this machine's own ssh does not prove it" : null;
    }

    private ControlMessage Show(uint uid, string id)
    {
        // One answer for "unknown" and "not yours": ids of others are not to be guessed at.
        return hub.Find(id) is { } view && MayAsk(uid, view)
            ? Json(JsonSerializer.SerializeToUtf8Bytes(view, FeedJson.Default.SessionView))
            : Refuse(uid, $"no session '{OneLine.Of(id)}'; moshbroker sessions list shows yours");
    }

    private ControlMessage Close(uint uid, ControlMessage request)
    {
        SessionView[] closing;
        if (Text(request, "idle"u8) is { } idle)
        {
            if (!double.TryParse(idle, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
            {
                return Refuse(uid, $"'{OneLine.Of(idle)}' is not a number of seconds");
            }

            closing = [.. hub.Sessions.Where(view => MayAsk(uid, view) && view.EndReason is null && view.IdleSeconds >= seconds)];
        }
        else
        {
            string id = Text(request, "session"u8) ?? "";
            if (hub.Find(id) is not { } view || !MayAsk(uid, view)) { return Refuse(uid, $"no session '{OneLine.Of(id)}'; moshbroker sessions list shows yours"); }
            closing = [view];
        }

        foreach (SessionView view in closing) { hub.Close(view.Id, AccountNative.NameOf(uid)); }
        return Json(JsonSerializer.SerializeToUtf8Bytes([.. closing.Select(view => view.Id)], FeedJson.Default.StringArray));
    }

    private ControlMessage Refuse(uint uid, string reason)
    {
        log.Refused(uid, reason);
        return new ControlMessage("error"u8).Add("message"u8, Encoding.UTF8.GetBytes(reason));
    }
}
