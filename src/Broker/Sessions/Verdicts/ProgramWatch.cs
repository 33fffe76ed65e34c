using MoshBroker.Backends;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>Whether the program behind the terminal takes what is typed, and whether its output is held back by Ctrl-S.</summary>
/// <remarks>
/// The master of a terminal is not told of flow control, except in packet mode, which would put a byte before everything read. So the stop key is
/// looked for in what is typed, and the terminal is asked then whether that key stops it. Whether input is read is asked only when nothing came back.
/// </remarks>
internal sealed class ProgramWatch
{
    private const byte UsualStop = 0x13; // Ctrl-S

    // Output that was on its way when the key was hit.
    private const long DrainMs = 1000;

    private const long LocalPatienceMs = 2000;
    private const long RemotePatienceMs = 5000;
    private const long RemoteStopPatienceMs = 1500;
    private const long FullPatienceMs = 1000;
    private const long LookIntervalMs = 1000;

    // A password is typed without an answer as well: only who answered before is missed, and not after a single key.
    private const int LeastKeys = 2;

    private MonoTime _unansweredSince = MonoTime.Forever;
    private int _keys;
    private bool _hasAnswered;
    private bool _isStopped;
    private MonoTime _stopTypedAt = MonoTime.Never;
    private MonoTime _lookedAt = MonoTime.Never;
    private MonoTime _reachingSince = MonoTime.Forever;
    private bool _isUnread;

    /// <summary>Set when it runs on another machine: what it does with input shows in its answers only.</summary>
    public bool IsRemote { get; set; }

    /// <summary>When to call <see cref="Look"/>, if nothing happens before.</summary>
    public MonoTime NextLook
    {
        get
        {
            if (_unansweredSince == MonoTime.Forever) { return MonoTime.Forever; }
            if (IsRemote) { return RemoteDue > _lookedAt ? RemoteDue : MonoTime.Forever; }
            return _isUnread ? _lookedAt.Plus(LookIntervalMs) : _unansweredSince.Plus(LocalPatienceMs);
        }
    }

    /// <summary>Bytes that the program has not read, when they were counted last.</summary>
    public int Unread { get; private set; }

    /// <summary>Somebody types; before the program gets it.</summary>
    public void OnInput(MonoTime now, ReadOnlySpan<byte> keys, IBackend backend)
    {
        if (_unansweredSince == MonoTime.Forever) { _unansweredSince = now; }
        _keys++;
        if (_isStopped || _stopTypedAt != MonoTime.Never || keys.Contains(UsualStop)) { FollowStop(now, keys, backend); }
    }

    /// <summary>The program prints.</summary>
    public void OnOutput(MonoTime now)
    {
        _hasAnswered |= _keys > 0;
        _unansweredSince = MonoTime.Forever;
        _keys = 0;
        _isUnread = false;
        if (_stopTypedAt == MonoTime.Never || now.Since(_stopTypedAt) <= DrainMs) { return; }
        _isStopped = false;
        _stopTypedAt = MonoTime.Never;
    }

    /// <summary>Sees whether input waits to be read, if it is time to.</summary>
    public void Look(MonoTime now, IBackend backend)
    {
        if (backend.Target != TargetState.Connecting) { _reachingSince = MonoTime.Forever; }
        else if (_reachingSince == MonoTime.Forever) { _reachingSince = now; }
        if (now < NextLook) { return; }
        _lookedAt = now;
        if (IsRemote) { return; }
        Unread = backend.CountUnread();
        _isUnread = Unread > 0;

        // It took what was typed and chose to say nothing.
        if (!_isUnread) { _unansweredSince = MonoTime.Forever; }
    }

    /// <summary>The terminal holds the program's output back.</summary>
    public bool IsStopped(MonoTime now) =>
        IsRemote ? _stopTypedAt != MonoTime.Never && now.Since(_unansweredSince) >= RemoteStopPatienceMs : _isStopped;

    /// <summary>For how long what was typed has not been taken; 0 when that cannot be said.</summary>
    public long UntakenMs(MonoTime now, IBackend backend)
    {
        long full = now.Since(backend.StalledSince);
        if (full >= FullPatienceMs) { return full; }
        if (now.Since(_reachingSince) >= LocalPatienceMs) { return now.Since(_reachingSince); }
        long unanswered = now.Since(_unansweredSince);
        bool isMissed = IsRemote ? unanswered >= RemotePatienceMs && _keys >= LeastKeys && _hasAnswered : _isUnread;
        return isMissed ? Math.Max(1, unanswered) : 0;
    }

    private MonoTime RemoteDue => _unansweredSince.Plus(_stopTypedAt != MonoTime.Never && _lookedAt < _unansweredSince ? RemoteStopPatienceMs : RemotePatienceMs);

    private void FollowStop(MonoTime now, ReadOnlySpan<byte> keys, IBackend backend)
    {
        // What a terminal far away does with the key shows in its silence only.
        TtyFlow flow = IsRemote ? TtyFlow.Usual : backend.Flow;
        foreach (byte key in keys)
        {
            if (flow.Stops(key)) { (_isStopped, _stopTypedAt) = (true, now); }
            else if (_stopTypedAt != MonoTime.Never && flow.Resumes(key)) { (_isStopped, _stopTypedAt) = (false, MonoTime.Never); }
        }
    }
}
