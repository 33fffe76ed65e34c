using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Lobby;

/// <summary>Another session, as what runs in this one.</summary>
internal sealed class MirrorBackend : IBackend, IScheduled
{
    // Arrow keys then come as the client sends them, and the session itself knows which form its program wants.
    private static readonly byte[] Begin = "\ec\e[?1h"u8.ToArray();

    private readonly IDispatcher _loop;
    private readonly IBackendHandler _handler;
    private readonly Mirror? _mirror;
    private readonly Action<ReadOnlyMemory<byte>> _show;
    private MonoTime _now;
    private bool _quits;
    private bool _disposed;

    public MirrorBackend(IDispatcher loop, IBackendHandler handler, Func<Action, Mirror?> enter)
    {
        _loop = loop;
        _handler = handler;
        _show = frame => _handler.OnOutput(_now, frame.Span);
        _mirror = enter(() => loop.Schedule(this));
    }

    public int PendingInput => _mirror?.PendingInput ?? 0;

    /// <summary>That session sees to its own program.</summary>
    public MonoTime StalledSince => MonoTime.Forever;

    public TargetState? Target => null;

    public TtyFlow Flow => default;

    public void Release(MonoTime now)
    {
        if (_mirror is null) { _loop.Schedule(this); }
        else { _handler.OnOutput(now, Begin); }
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        if (!_disposed) { _mirror?.Send(input); }
    }

    public void Resize(int columns, int rows)
    {
        if (!_disposed) { _mirror?.Resize(columns, rows); }
    }

    public void OnClientQuit() => _quits = true;

    /// <summary>A frame has come, or the end.</summary>
    public void Run(MonoTime now)
    {
        if (_disposed) { return; }
        try
        {
            _now = now;
            bool hasShown = _mirror?.TryTake(_show) == true;
            string? ending = _mirror is null ? "that session is over" : _mirror.Ending;
            if (!hasShown && ending is not null) { End(now, ending); }
            _handler.OnOutputEnd(now);
        }
        catch (Exception failure)
        {
            _handler.OnFault(failure);
        }
    }

    public void OnTimer(MonoTime now)
    {
        // No timer is used.
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _mirror?.Leave(_quits);
    }

    private void End(MonoTime now, string why)
    {
        Dispose();
        if (why.Length > 0 && _handler.OnParted(now, why)) { return; }
        _handler.OnBackendEnded(BackendEnd.Exited);
    }
}
