using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>People at the session by the menu of another one.</summary>
internal sealed partial class SessionActor
{
    private Mirror[] _mirrors = [];

    /// <summary>Like <see cref="Channels"/>: an array that is replaced, never changed.</summary>
    public IReadOnlyList<Mirror> Mirrors => Volatile.Read(ref _mirrors);

    private void AddMirror(MonoTime now, Mirror mirror)
    {
        if (_phase >= Phase.Ending)
        {
            mirror.Dispose();
            return;
        }

        mirror.Begin(now, _terminal, _terms.Overlay);
        Volatile.Write(ref _mirrors, [.. _mirrors, mirror]);
        Diagnosis.Timeline.Add(now, TimelineKind.Attached, mirror.Id);
        _host.Metrics.Attached(Tenant, AttachKind.Rekey);
        Recording?.Mark(now, "client attached from the menu");
        OnNewState(now);
        mirror.TakeInput(now);
    }

    private void RemoveMirror(MonoTime now, Mirror mirror, bool quits)
    {
        if (!_mirrors.Contains(mirror)) { return; }
        Volatile.Write(ref _mirrors, Array.FindAll(_mirrors, other => other != mirror));
        Diagnosis.Timeline.Add(now, TimelineKind.Detached, mirror.Id);
        mirror.Dispose();
        if (quits && _phase <= Phase.Live && !HasLiveUser(now)) { BeginEnd(now, Cluster.SessionEndReason.ClientQuit); }
    }

    private void TakeMirrored(MonoTime now)
    {
        foreach (Mirror mirror in _mirrors) { mirror.TakeInput(now); }
    }

    private MonoTime FlushMirrors(MonoTime now)
    {
        MonoTime next = MonoTime.Forever;
        foreach (Mirror mirror in _mirrors) { next = MonoTime.Min(next, mirror.Flush(now)); }
        return next;
    }

    private void EndMirrors(string why)
    {
        foreach (Mirror mirror in _mirrors) { mirror.End(why); }
    }

    private void DropMirrors()
    {
        Mirror[] mirrors = _mirrors;
        Volatile.Write(ref _mirrors, []);
        foreach (Mirror mirror in mirrors) { mirror.Dispose(); }
    }
}
