using System.Text;
using MoshBroker.Sessions;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/sessions/ID/screen</c>: a live screen, as bytes for a terminal of its size.</summary>
internal sealed class ScreenFeed(ISessionActions actions)
{
    public async Task ServeAsync(EventStream stream, string id, string by, CancellationToken cancellationToken)
    {
        if (actions.Watch(id, by) is not { } tap)
        {
            await stream.SendAsync("over", "{}"u8.ToArray(), cancellationToken);
            return;
        }

        try
        {
            await foreach (ScreenFrame frame in tap.Frames.ReadAllAsync(cancellationToken))
            {
                string json = $$"""{"columns":{{frame.Columns}},"rows":{{frame.Rows}},"whole":{{(frame.IsWhole ? "true" : "false")}},"bytes":"{{Convert.ToBase64String(frame.Bytes)}}"}""";
                await stream.SendAsync(null, Encoding.ASCII.GetBytes(json), cancellationToken);
                actions.Taken(id);
            }

            await stream.SendAsync("over", "{}"u8.ToArray(), cancellationToken);
        }
        finally
        {
            actions.Unwatch(id, tap);
        }
    }
}
