namespace MoshBroker.Http.Feeds;

/// <summary>Who listens to feeds: so many at most, and each until he leaves or the broker stops.</summary>
internal sealed class FeedHost(IHostApplicationLifetime lifetime)
{
    /// <summary>Every viewer costs a little each second: bounded, so that open tabs cannot slow down sessions.</summary>
    public const int MaxViewers = 64;

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
        try
        {
            await serve(new EventStream(context.Response), leaving.Token);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left, or the broker stops: the feeds' usual ends.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }
}
