using MoshBroker.Audit;

namespace MoshBroker.Http.Access;

/// <summary>The way in and out: a form that takes a token, a link that is good for once, and the end of it.</summary>
internal sealed class LoginEndpoints(AccessTokens tokens, LoginSessions logins, AccessNotes notes, IAuditTrail audit, TimeProvider time)
{
    public const string Path = "/login";

    private const int MaxSecretLength = 200;
    private const long MinDenyGapMs = 1000; // Whoever guesses fills no disk.

    private long _lastDeny = long.MinValue;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost($"{Path}/token", (Delegate)LogInAsync).DisableAntiforgery();
        routes.MapGet($"{Path}/once", Spend);
        routes.MapPost("/logout", LogOut).DisableAntiforgery();
    }

    /// <summary>Only a path of ours: a link must not lead elsewhere by way of us.</summary>
    internal static string Local(string? next) =>
        next is { Length: > 0 } && next[0] == '/' && (next.Length == 1 || next[1] is not ('/' or '\\')) && !next.Contains('\\', StringComparison.Ordinal) && !next.Any(char.IsControl) ? next : "/";

    private async Task<IResult> LogInAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!IsFromHere(request)) { return Results.StatusCode(StatusCodes.Status403Forbidden); }
        IFormCollection form = request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        string secret = form["token"].ToString().Trim();
        string next = Local(form["next"]);
        if (secret.Length is 0 or > MaxSecretLength || tokens.Find(secret) is not { } token)
        {
            Deny(context);
            return Results.Redirect($"{Path}?failed=1&next={Uri.EscapeDataString(next)}");
        }

        Admit(context, token);
        return Results.Redirect(next);
    }

    /// <summary>The one-time secret leaves the address bar, and the history, with the first redirect; it is worth nothing by then.</summary>
    private IResult Spend(HttpContext context, string? token)
    {
        if (token is not { Length: > 0 and <= MaxSecretLength } || tokens.Spend(token) is not { } spent)
        {
            Deny(context);
            return Results.Redirect($"{Path}?failed=once");
        }

        Admit(context, spent);
        return Results.Redirect("/");
    }

    private IResult LogOut(HttpContext context)
    {
        if (context.Request.Cookies.TryGetValue(LoginSessions.CookieName, out string? cookie) && cookie is not null) { logins.End(cookie); }
        context.Response.Cookies.Delete(LoginSessions.CookieName);
        return Results.Redirect(Path);
    }

    private void Admit(HttpContext context, AccessToken token)
    {
        CookieOptions options = new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
        };
        context.Response.Cookies.Append(LoginSessions.CookieName, logins.Begin(token), options);
        notes.OnEntry(context, token);
    }

    private void Deny(HttpContext context)
    {
        long now = time.GetTimestamp();
        long last = Volatile.Read(ref _lastDeny);
        if (last != long.MinValue && time.GetElapsedTime(last, now).TotalMilliseconds < MinDenyGapMs) { return; }
        if (Interlocked.CompareExchange(ref _lastDeny, now, last) != last) { return; }
        audit.Write(new AuditEvent(AuditEventName.Deny) { ClientAddress = context.Connection.RemoteIpAddress?.ToString(), Reason = "bad_token" });
    }

    // Somebody else's page must not log a browser in as somebody else. Our own say no referrer, which makes their origin null.
    private static bool IsFromHere(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) { return site is "same-origin" or "none"; }
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority == request.Host.Value);
    }
}
