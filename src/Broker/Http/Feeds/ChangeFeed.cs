namespace MoshBroker.Http.Feeds;

/// <summary>Tells something as it is, and then once a second while it changes.</summary>
internal sealed class ChangeFeed(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MaxSkipped = 15;

    /// <param name="tell">What it is now, as JSON on one line.</param>
    public async Task ServeAsync(EventStream stream, Func<byte[]> tell, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        byte[] sent = [];
        int skipped = 0;
        do
        {
            byte[] json = tell();
            if (!json.AsSpan().SequenceEqual(sent))
            {
                (sent, skipped) = (json, 0);
                await stream.SendAsync(null, json, cancellationToken);
            }
            else if (++skipped >= MaxSkipped)
            {
                skipped = 0;
                await stream.BreatheAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
