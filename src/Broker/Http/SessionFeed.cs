using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http;

/// <summary><c>/feed/sessions</c>: the overview as Server-Sent Events, once a second while it changes.</summary>
internal sealed class SessionFeed(TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Every viewer costs a snapshot and its JSON per second: bounded, so that open tabs cannot slow down sessions.</summary>
    public const int MaxViewers = 32;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>An unchanged overview is sent again after that many intervals, so that proxies and the browser see a live connection.</summary>
    private const int MaxSkipped = 15;

    private int _viewers;

    public async Task ServeAsync(HttpContext context, IBrokerFeed feed)
    {
        if (Interlocked.Increment(ref _viewers) > MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using CancellationTokenSource leaving =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await SendAsync(context.Response, feed, leaving.Token);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left, or the broker stops: the feed's only ends.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task SendAsync(HttpResponse response, IBrokerFeed feed, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        using PeriodicTimer timer = new(Interval, clock);
        byte[] sent = [];
        int skipped = 0;
        do
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(OverviewView.Of(feed), FeedJson.Default.OverviewView);
            if (json.AsSpan().SequenceEqual(sent) && ++skipped < MaxSkipped) { continue; }
            (sent, skipped) = (json, 0);
            await response.Body.WriteAsync("data: "u8.ToArray(), cancellationToken);
            await response.Body.WriteAsync(json, cancellationToken);
            await response.Body.WriteAsync("\n\n"u8.ToArray(), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
