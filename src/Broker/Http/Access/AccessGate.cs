using Microsoft.AspNetCore.Connections.Features;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>The second look at every request for the dashboard: who makes it. Nobody gets to see anything but the way in.</summary>
internal sealed class AccessGate(RequestDelegate next, AccessTokens tokens, LoginSessions logins, ProxyIdentities proxied, AccessNotes notes)
{
    public const string AntiforgeryHeader = "X-Antiforgery";

    private static readonly PathString[] Open = ["/css", "/js", "/lib", "/favicon.svg", LoginEndpoints.Path, "/logout"];

    public Task InvokeAsync(HttpContext context, CurrentPrincipal current)
    {
        Listener listener = (Listener)context.Features.Get<IConnectionItemsFeature>()!.Items[typeof(Listener)]!;
        PathString path = context.Request.Path;
        if (RequestGate.IsHealth(path) || Array.Exists(Open, open => path.StartsWithSegments(open, StringComparison.Ordinal))) { return next(context); }
        if (!listener.Roles.HasFlag(ListenerRoles.Dashboard)) { return Refuse(context, StatusCodes.Status404NotFound, "not served here"); }
        bool isProxied = listener.Roles.HasFlag(ListenerRoles.Proxy);
        if ((isProxied ? proxied.Identify(context) : Identify(context)) is not { } principal)
        {
            return isProxied
                ? Refuse(context, StatusCodes.Status403Forbidden, $"the policy gives nothing on the dashboard to whom {ProxyIdentities.UserHeader} names; dashboard.users and dashboard.groups do")
                : AskWho(context);
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && !IsMeant(context.Request, principal))
        {
            return Refuse(context, StatusCodes.Status403Forbidden, $"an action needs the header {AntiforgeryHeader} of the page that it comes from");
        }

        current.Value = principal;
        current.IsStillWelcome = () => (isProxied ? proxied.Identify(context) : Identify(context)) is { } again && again.Grants.SequenceEqual(principal.Grants);
        return next(context);
    }

    private static Task AskWho(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || request.Path.StartsWithSegments("/feed", StringComparison.Ordinal))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refuse(context, StatusCodes.Status401Unauthorized, "send 'Authorization: Bearer TOKEN'; moshbroker token create makes one");
        }

        context.Response.Redirect($"{LoginEndpoints.Path}?next={Uri.EscapeDataString(request.Path + request.QueryString)}");
        return Task.CompletedTask;
    }

    // A browser sends its cookie whoever wrote the page; only our own pages know the token beside it.
    private static bool IsMeant(HttpRequest request, Principal principal) =>
        principal.Antiforgery is not { } expected || string.Equals(request.Headers[AntiforgeryHeader].ToString(), expected, StringComparison.Ordinal);

    private static Task Refuse(HttpContext context, int status, string line)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Api.ApiFault(line), Api.ApiJson.Default.ApiFault);
    }

    private Principal? Identify(HttpContext context)
    {
        const string Bearer = "Bearer ";
        string authorization = context.Request.Headers.Authorization.ToString();
        if (authorization.Length > 0)
        {
            if (!authorization.StartsWith(Bearer, StringComparison.Ordinal) || tokens.Find(authorization[Bearer.Length..].Trim()) is not { } token) { return null; }
            notes.OnBearer(context, token);
            return token.ToPrincipal();
        }

        return context.Request.Cookies.TryGetValue(LoginSessions.CookieName, out string? cookie) && cookie is { Length: > 0 } ? logins.Find(cookie) : null;
    }
}
