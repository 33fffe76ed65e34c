using System.Threading.Channels;
using MoshBroker.Sessions;

namespace MoshBroker.FrontDoor;

/// <summary>A session that somebody watches from his own terminal, until he has seen enough.</summary>
internal sealed class WatchedSession(SessionHub hub, string id, ScreenTap tap, SemaphoreSlim places) : IDisposable
{
    private bool _disposed;

    public ChannelReader<ScreenFrame> Frames => tap.Frames;

    /// <summary>A frame has been shown: there may be another.</summary>
    public void Taken() => hub.Taken(id);

    public void Resize(int columns, int rows)
    {
        tap.Resize(columns, rows);
        hub.Taken(id);
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        hub.Unwatch(id, tap);
        places.Release();
    }
}
