using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/sessions/ID</c>: the last hour of its path, then the session, once a second while it changes; and each sample of the path as it is made.</summary>
internal sealed class SessionDetailFeed(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MaxSkipped = 15;

    public async Task ServeAsync(EventStream stream, IBrokerFeed feed, string id, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        byte[] sent = [];
        (long newest, long due) = (0, 0);
        int skipped = 0;
        do
        {
            if (feed.Find(id) is not { } session) { break; }
            if (clock.GetUtcNow().ToUnixTimeSeconds() >= due && feed.History(id) is { } history)
            {
                SessionHistoryView news = newest == 0 ? history : Tail(history, (int)Math.Round((history.At - newest) / (double)history.StepSeconds));
                await stream.SendAsync("history", JsonSerializer.SerializeToUtf8Bytes(news, FeedJson.Default.SessionHistoryView), cancellationToken);
                (newest, due) = (history.At, history.At + history.StepSeconds + 1);
            }

            byte[] json = JsonSerializer.SerializeToUtf8Bytes(session, FeedJson.Default.SessionView);
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

            if (session.EndReason is not null) { break; }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));

        // Without a word the browser would come again for more.
        await stream.SendAsync("over", "{}"u8.ToArray(), cancellationToken);
    }

    private static SessionHistoryView Tail(SessionHistoryView history, int count)
    {
        int from = Math.Max(0, history.Rtt.Count - count);
        return history with
        {
            Rtt = [.. history.Rtt.Skip(from)],
            LossUp = [.. history.LossUp.Skip(from)],
            Again = [.. history.Again.Skip(from)],
            Silence = [.. history.Silence.Skip(from)],
        };
    }
}
