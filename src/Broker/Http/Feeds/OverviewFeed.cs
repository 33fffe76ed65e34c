using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/sessions</c>: the overview, once a second while it changes.</summary>
internal sealed class OverviewFeed(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MaxSkipped = 15;

    public async Task ServeAsync(EventStream stream, IBrokerFeed feed, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        byte[] sent = [];
        int skipped = 0;
        do
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(OverviewView.Of(feed), FeedJson.Default.OverviewView);
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
