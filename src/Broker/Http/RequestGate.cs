using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using MoshBroker.Http.Access;
using MoshBroker.Http.Api;

namespace MoshBroker.Http;

/// <summary>The first look at every request: is it for what is served on this address, and does a browser mean it?</summary>
/// <remarks>
/// On a loopback address only loopback's own names are answered: a web page elsewhere may let its name point here (DNS rebinding), and its
/// scripts would read what only this machine's people should.
/// </remarks>
internal sealed class RequestGate(RequestDelegate next, ScrapeClock scrapes)
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // xterm.js writes a style sheet for the colours and the size of its cells. Only the page that has a screen lets it.
    private static readonly string ScreenPolicy = ContentPolicy.Replace("style-src 'self'", "style-src 'self' 'unsafe-inline'", StringComparison.Ordinal);

    // asciinema-player's terminal is WebAssembly.
    private static readonly string PlayerPolicy = ScreenPolicy.Replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", StringComparison.Ordinal);

    private static readonly PathString[] Health = ["/livez", "/readyz", "/metrics", "/metrics/sessions"];

    public Task InvokeAsync(HttpContext context)
    {
        Listener listener = (Listener)context.Features.Get<IConnectionItemsFeature>()!.Items[typeof(Listener)]!;
        Guard(context.Response.Headers, context.Request.Path);
        int refused = Refusal(context, listener);
        if (refused == 0)
        {
            if (context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal)) { scrapes.OnScrape(); }
            return next(context);
        }

        context.Response.StatusCode = refused;
        if (refused == StatusCodes.Status405MethodNotAllowed) { context.Response.Headers.Allow = IsAction(context.Request.Path) ? "GET, HEAD, POST" : "GET, HEAD"; }
        return Task.CompletedTask;
    }

    private static void Guard(IHeaderDictionary headers, PathString path)
    {
        headers.ContentSecurityPolicy = path.StartsWithSegments("/recordings", StringComparison.Ordinal, out PathString recording) && recording.HasValue ? PlayerPolicy : path.StartsWithSegments("/sessions", StringComparison.Ordinal, out PathString rest) && rest.HasValue ? ScreenPolicy : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";
    }

    private static int Refusal(HttpContext context, Listener listener)
    {
        HttpRequest request = context.Request;
        bool isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!isRead && !(HttpMethods.IsPost(request.Method) && IsAction(request.Path))) { return StatusCodes.Status405MethodNotAllowed; }
        if (listener.IsLoopback && !IsLoopbackName(request.Host.Host)) { return StatusCodes.Status421MisdirectedRequest; }
        ListenerRoles wanted = IsHealth(request.Path) ? ListenerRoles.Health : ListenerRoles.Dashboard;
        return listener.Roles.HasFlag(wanted) ? 0 : StatusCodes.Status404NotFound;
    }

    /// <summary>Served to whoever may reach the metrics address.</summary>
    public static bool IsHealth(PathString path) => Array.Exists(Health, health => path == health);

    private static bool IsAction(PathString path) => path == $"{LoginEndpoints.Path}/token" || path == "/logout" || path.StartsWithSegments(ApiEndpoints.Root, StringComparison.Ordinal);

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
