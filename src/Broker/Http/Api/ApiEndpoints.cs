using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;
using MoshBroker.Recording;
using MoshBroker.Sessions;

namespace MoshBroker.Http.Api;

/// <summary><c>/api/v1</c>: the reads and the actions of the dashboard, for scripts.</summary>
internal sealed class ApiEndpoints(ISessionActions actions)
{
    public const string Root = "/api/v1";

    private const int MaxLineLength = 160;
    private const int MaxEvents = 5000;
    private static readonly TimeSpan BlockExtension = TimeSpan.FromHours(1);

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup(Root);
        api.MapGet("/me", (Principal principal) => Json(new ApiPrincipal(principal.Name, principal.Role, principal.Grants), ApiJson.Default.ApiPrincipal));
        api.MapGet("/node", (IBrokerFeed feed) => Json(feed.Node, FeedJson.Default.NodeView));
        api.MapGet("/node/starts", async (HttpContext context, IBrokerRecords records) =>
            await records.StartsAsync(context.RequestAborted) is { } starts
                ? Json(starts, ApiJson.Default.IReadOnlyListNodeStartView)
                : Fault(StatusCodes.Status403Forbidden, "this needs a role for all tenants"));
        api.MapGet("/sessions", (IBrokerFeed feed, string? tenant, string? state) => Json(
            [.. feed.Sessions.Where(session => (tenant is null || session.Tenant == tenant) && (state is null || SessionLine.Name(session.State) == state))],
            FeedJson.Default.IReadOnlyListSessionView));
        api.MapGet("/sessions/{id}", (IBrokerFeed feed, string id) => feed.Find(id) is { } session ? Json(session, FeedJson.Default.SessionView) : NoSession(id));
        api.MapGet("/sessions/{id}/history", (IBrokerFeed feed, string id) => feed.History(id) is { } history ? Json(history, FeedJson.Default.SessionHistoryView) : NoSession(id));
        api.MapGet("/detections", (IBrokerFeed feed, string? rule) => Json([.. feed.Detections.Where(detection => rule is null || detection.Rule == rule)], FeedJson.Default.IReadOnlyListDetectionView));
        api.MapPost("/sessions/{id}/close", (IBrokerFeed feed, Principal who, string id) => Act(feed, who, id, actions.Close));
        api.MapPost("/sessions/{id}/lock", (IBrokerFeed feed, Principal who, string id) => Act(feed, who, id, actions.Lock));
        api.MapPost("/sessions/{id}/unlock", (IBrokerFeed feed, Principal who, string id) => Act(feed, who, id, actions.Unlock));
        api.MapPost("/sessions/{id}/channels/{channel:int}/detach", (IBrokerFeed feed, Principal who, string id, int channel) =>
            Act(feed, who, id, (session, by) => actions.Detach(session, by, channel)));
        api.MapPost("/sessions/{id}/message", SayAsync);
        api.MapGet("/tenants", (IBrokerRecords records) => Json(records.Tenants, ApiJson.Default.IReadOnlyListTenantView));
        api.MapGet("/access", (IBrokerRecords records, string tenant, string user, string from, string? target, string? at) =>
            records.Ask(new AccessQuestion(tenant, user, target ?? "", from, at ?? "")) is { } answer
                ? Json(answer, ApiJson.Default.AccessAnswer)
                : Fault(StatusCodes.Status403Forbidden, "this needs the role operator or auditor for the tenant"));
        api.MapGet("/audit", AuditAsync);
        api.MapGet("/posture", async (HttpContext context, IBrokerRecords records) =>
            await records.PostureAsync(context.RequestAborted) is { } findings
                ? Json(findings, ApiJson.Default.IReadOnlyListFindingView)
                : Fault(StatusCodes.Status403Forbidden, "this needs a role for all tenants"));
        api.MapGet("/udp", (IBrokerRecords records) => records.Udp is { } udp
            ? Json(udp, ApiJson.Default.UdpView)
            : Fault(StatusCodes.Status403Forbidden, "this needs a role for all tenants"));
        api.MapGet("/recordings", (IBrokerRecords records) => records.Recordings is { } recordings
            ? Json(recordings, ApiJson.Default.IReadOnlyListRecordingView)
            : Fault(StatusCodes.Status403Forbidden, "this needs the role auditor"));
        api.MapGet("/recordings/{tenant}/{name}", (ScopedRecords records, string tenant, string name) => records.Play(tenant, name) is { } recording
            ? Results.Stream(to => ReplayAsync(recording, to), "application/x-asciicast")
            : Fault(StatusCodes.Status404NotFound, $"no recording '{OneLine.Of(name)}'"));
        api.MapPost("/blocks/lift", (HttpContext context, IBrokerRecords records) => ChangeBlockAsync(context, records, null));
        api.MapPost("/blocks/extend", (HttpContext context, IBrokerRecords records) => ChangeBlockAsync(context, records, BlockExtension));
        api.MapGet("/openapi.json", () => Results.Stream(
            typeof(ApiEndpoints).Assembly.GetManifestResourceStream("openapi.json")!, "application/json"));
        api.MapFallback("/{**rest}", () => Fault(StatusCodes.Status404NotFound, $"there is no such resource; {Root}/openapi.json lists those that are"));
    }

    private static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    private static IResult Fault(int status, string line) => Results.Json(new ApiFault(line), ApiJson.Default.ApiFault, statusCode: status);

    // One answer for "unknown" and "not yours": ids of other tenants are not to be guessed at.
    private static IResult NoSession(string id) => Fault(StatusCodes.Status404NotFound, $"no session '{OneLine.Of(id)}'");

    private static IResult Act(IBrokerFeed feed, Principal who, string id, Func<string, string, bool> action)
    {
        if (feed.Find(id) is not { } session) { return NoSession(id); }
        if (!who.Operates(session.Tenant)) { return Fault(StatusCodes.Status403Forbidden, $"this needs the role operator for tenant {session.Tenant}"); }
        return action(session.Id, who.Name) ? Results.NoContent() : Fault(StatusCodes.Status409Conflict, $"session {session.Id} is over");
    }

    private static async Task ReplayAsync(RecordingOnShelf recording, Stream to)
    {
        await using FileStream file = new(recording.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using RecordingReplay replay = new();
        await replay.PlayAsync(file, to, CancellationToken.None);
    }

    private static async Task<IResult> ChangeBlockAsync(HttpContext context, IBrokerRecords records, TimeSpan? longer)
    {
        if (await ReadAsync(context, ApiJson.Default.ApiBlock) is not { Network.Length: > 0 } block)
        {
            return Fault(StatusCodes.Status400BadRequest, """send {"network": "203.0.113.0/24"} as application/json""");
        }

        return records.ChangeBlock(block.Network, longer) switch
        {
            null => Fault(StatusCodes.Status403Forbidden, "this needs the role operator for all tenants"),
            false => Fault(StatusCodes.Status404NotFound, $"{OneLine.Of(block.Network)} is not turned away"),
            true => Results.NoContent(),
        };
    }

    /// <summary>The body; null when it is not what it should be.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync(type, context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<IResult> AuditAsync(
        HttpContext context, IBrokerRecords records, string? @event, string? tenant, string? user, string? session, DateTimeOffset? since, DateTimeOffset? until, int? limit)
    {
        AuditQuestion question = new(@event, tenant, user, session, since, until, Math.Clamp(limit ?? 200, 1, MaxEvents));
        return await records.AuditAsync(question, context.RequestAborted) is { } events
            ? Json(events, ApiJson.Default.IReadOnlyListAuditEventView)
            : Fault(StatusCodes.Status403Forbidden, "this needs the role auditor");
    }

    private async Task<IResult> SayAsync(HttpContext context, IBrokerFeed feed, Principal who, string id)
    {
        ApiMessage? message = await ReadAsync(context, ApiJson.Default.ApiMessage);

        // The line is laid over the user's screen: what could control a terminal, or has no width of one, has no place in it.
        if (message?.Text is not { Length: > 0 and <= MaxLineLength } text || text.Any(c => c is < ' ' or > '~'))
        {
            return Fault(StatusCodes.Status400BadRequest, $$"""send {"text": "…"} as application/json, 1 to {{MaxLineLength}} characters, printable ASCII""");
        }

        return Act(feed, who, id, (session, by) => actions.Say(session, by, text));
    }
}
