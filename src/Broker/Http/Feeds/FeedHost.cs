using System.Text.Json;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;

namespace MoshBroker.Http.Feeds;

/// <summary>Who listens to feeds: so many at most, and each until he leaves, loses the right to it, or the broker stops, which he is told.</summary>
internal sealed class FeedHost(IHostApplicationLifetime lifetime, WebParts parts, TimeProvider clock)
{
    /// <summary>Every viewer costs a little each second: bounded, so that open tabs cannot slow down sessions.</summary>
    public const int MaxViewers = 64;

    /// <summary>So long a feed may outlive the token, the log-in or the policy that it was opened under.</summary>
    private static readonly TimeSpan AskedAgain = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private int _viewers;

    /// <summary>Serves one feed until its viewer leaves.</summary>
    public async Task ServeAsync(HttpContext context, Func<EventStream, CancellationToken, Task> serve)
    {
        if (Interlocked.Increment(ref _viewers) > MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using CancellationTokenSource leaving =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        CurrentPrincipal viewer = context.RequestServices.GetRequiredService<CurrentPrincipal>();
        await using ITimer asking = clock.CreateTimer(_ => { if (!viewer.IsStillWelcome()) { leaving.Cancel(); } }, null, AskedAgain, AskedAgain);
        EventStream stream = new(context.Response);
        try
        {
            await serve(stream, leaving.Token);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left, or the broker stops: the feeds' usual ends.
            if (lifetime.ApplicationStopping.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && stream.IsIdle) { await TellEndAsync(stream); }
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task TellEndAsync(EventStream stream)
    {
        string reason = parts.Feed.Node.NotReadyBecause ?? "the broker is shutting down";
        using CancellationTokenSource limit = new(FarewellLimit);
        try
        {
            await stream.SendAsync("leaving", JsonSerializer.SerializeToUtf8Bytes([reason], FeedJson.Default.StringArray), limit.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // He cannot be told: he sees it by himself.
        }
    }
}
