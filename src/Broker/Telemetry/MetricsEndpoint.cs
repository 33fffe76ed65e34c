using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace MoshBroker.Telemetry;

/// <summary><c>/metrics</c> and <c>/metrics/sessions</c>: what Prometheus scrapes.</summary>
internal sealed class MetricsEndpoint(BrokerMetrics metrics, SessionMetrics? sessions) : IDisposable
{
    private readonly RuntimeMeters _runtime = new();

    // A scrape walks all sessions: a second one at the same time would only make both late.
    private readonly Lock _turn = new();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/metrics", context => ServeAsync(context, text =>
        {
            metrics.Registry.WriteTo(text);
            ProcessMetrics.WriteTo(text);
            _runtime.WriteTo(text);
        }));
        if (sessions is null) { return; }
        routes.MapGet("/metrics/sessions", context => ServeAsync(context, text => sessions.WriteTo(text, context.Request.Query["tenant"], context.Request.Query["session"])));
    }

    public void Dispose() => _runtime.Dispose();

    private async Task ServeAsync(HttpContext context, Action<MetricsText> write)
    {
        MetricsText text = new(PrefersOpenMetrics(context.Request));
        lock (_turn) { write(text); }
        text.End();
        context.Response.ContentType = text.ContentType;
        context.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (!TakesGzip(context.Request))
        {
            context.Response.ContentLength = text.Written.Length;
            await context.Response.Body.WriteAsync(text.Written, context.RequestAborted);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using GZipStream gzip = new(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(text.Written, context.RequestAborted);
    }

    private static bool PrefersOpenMetrics(HttpRequest request)
    {
        double open = 0;
        double plain = 0;
        foreach (MediaTypeHeaderValue accepted in request.GetTypedHeaders().Accept)
        {
            double quality = accepted.Quality ?? 1;
            if (accepted.MediaType == "application/openmetrics-text" && Version(accepted) is null or "1.0.0" or "0.0.1") { open = Math.Max(open, quality); }
            else if (accepted.MatchesMediaType("text/plain")) { plain = Math.Max(plain, quality); }
        }

        return open > 0 && open >= plain;
    }

    private static string? Version(MediaTypeHeaderValue accepted) =>
        accepted.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.Value.Value;

    private static bool TakesGzip(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);
}
