using System.Buffers;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Pulse;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/pulse</c>: the last hour in one event, then each second as it comes.</summary>
internal sealed class PulseFeed(PulseHistory history, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(EventStream stream, Principal principal, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        ArrayBufferWriter<byte> json = new(4096);
        long sent = 0;
        int wanted = PulseSeries.Seconds;
        do
        {
            long newest = history.Newest;
            if (newest == sent) { continue; }
            if (sent > 0) { wanted = (int)Math.Min(PulseSeries.Seconds, newest - sent); }
            json.ResetWrittenCount();
            history.Write(json, principal, wanted);
            sent = newest;
            await stream.SendAsync(null, json.WrittenMemory, cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }
}
