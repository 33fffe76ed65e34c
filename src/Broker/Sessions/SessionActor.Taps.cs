using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>People who see the session in a browser.</summary>
internal sealed partial class SessionActor
{
    private ScreenTap[] _taps = [];

    /// <summary>Like <see cref="Channels"/>: an array that is replaced, never changed.</summary>
    public IReadOnlyList<ScreenTap> Taps => Volatile.Read(ref _taps);

    private void AddTap(MonoTime now, SessionMessage.Tap tap)
    {
        if (_phase >= Phase.Ending)
        {
            tap.Screen.Dispose();
            return;
        }

        tap.Screen.Begin(tap.Id, _terminal, _terms.Overlay);
        Volatile.Write(ref _taps, [.. _taps, tap.Screen]);
        _host.Metrics.Attached(Tenant, Telemetry.AttachKind.Watch);
        Recording?.Mark(now, $"watcher attached: {tap.Screen.By}");
    }

    private void RemoveTap(MonoTime now, ScreenTap tap)
    {
        if (!_taps.Contains(tap)) { return; }
        Volatile.Write(ref _taps, Array.FindAll(_taps, other => other != tap));
        Recording?.Mark(now, $"watcher left: {tap.By}");
        tap.Dispose();
    }

    private MonoTime FlushTaps(MonoTime now)
    {
        MonoTime next = MonoTime.Forever;
        foreach (ScreenTap tap in _taps) { next = MonoTime.Min(next, tap.Flush(now)); }
        return next;
    }

    private void DropTaps()
    {
        ScreenTap[] taps = _taps;
        Volatile.Write(ref _taps, []);
        foreach (ScreenTap tap in taps) { tap.Dispose(); }
    }
}
