using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>A text, shown until a key is hit or a minute is over.</summary>
internal sealed class TextBackend : IBackend, IScheduled
{
    private const long LongestMs = 60_000;

    private readonly byte[] _text;
    private readonly EpollLoop _loop;
    private readonly IBackendHandler _handler;
    private readonly ActorTimer _timer;
    private bool _shown;
    private bool _disposed;

    public TextBackend(byte[] text, EpollLoop loop, IBackendHandler handler)
    {
        _text = text;
        _loop = loop;
        _handler = handler;
        _timer = new ActorTimer(this);
    }

    public int PendingInput => 0;

    public MonoTime StalledSince => MonoTime.Forever;

    public TargetState? Target => null;

    public void Release(MonoTime now)
    {
        if (_shown) { return; }
        _shown = true;
        if (_text.Length > 0) { _handler.OnOutput(now, _text); }
        _loop.Arm(_timer, now.Plus(LongestMs));
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        if (_shown) { End(); }
    }

    public void Resize(int columns, int rows)
    {
        // The text stays as it is.
    }

    public void Run(MonoTime now)
    {
        // Only the timer is used.
    }

    public void OnTimer(MonoTime now)
    {
        End();
        _handler.OnOutputEnd(now);
    }

    public void Dispose()
    {
        _disposed = true;
        _loop.Arm(_timer, MonoTime.Forever);
    }

    private void End()
    {
        if (_disposed) { return; }
        Dispose();
        _handler.OnBackendEnded(BackendEnd.Exited);
    }
}
