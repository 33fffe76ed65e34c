using System.Globalization;
using MoshBroker.Cluster;
using MoshBroker.Protocol;
using MoshBroker.Protocol.States;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What policy grants the session and what has come of it: limits, lease, lock, and what the screen says about them. Stepped by hand.</summary>
internal sealed class SessionTerms
{
    private const long MinuteMs = 60_000;
    private const long SaidMs = 60_000; // Long enough to be read by somebody who looks up; a key ends it sooner.
    private const long LeastSaidMs = 3_000; // Whoever types just then has not read it yet.

    private Admission? _admission;
    private MonoTime _begunAt;
    private MonoTime _leaseEnd = MonoTime.Forever;
    private string? _lockLine;
    private string? _holdLine;
    private string? _note;
    private string? _said;
    private MonoTime _saidAt;
    private ScreenOverlay? _overlay;
    private MonoTime _due = MonoTime.Forever;
    private bool _isChanged;

    public Admission? Admission => Volatile.Read(ref _admission);

    /// <summary>Where clients may be.</summary>
    public NetworkSet Networks { get; private set; } = NetworkSet.Everywhere;

    public long? BytesPerSecond => _admission?.Limits.BytesPerSecond;

    public int? CpuPercent => _admission?.Limits.CpuPercent;

    /// <summary>The program goes on; nobody sees it or types to it.</summary>
    public bool IsLocked => LockLine is not null;

    /// <summary>Locked until somebody unlocks it, not only while something lasts.</summary>
    public bool IsLockedForGood => _lockLine is not null;

    /// <summary>What the screen says besides the program; the same object while it says the same.</summary>
    public ScreenOverlay? Overlay => _overlay;

    /// <summary>Why it is locked; null when it is not.</summary>
    public string? LockLine => _lockLine ?? _holdLine;

    /// <summary>The last key, or the beginning.</summary>
    public MonoTime LastKey { get; private set; }

    /// <param name="age">How old the session is: nothing, or what a process before this one saw of it.</param>
    public void Begin(MonoTime now, TimeSpan age = default) => (_begunAt, LastKey) = (now.Plus(-(long)age.TotalMilliseconds), now);

    public void OnKeys(MonoTime now)
    {
        LastKey = now;
        if (_said is not null && now.Since(_saidAt) >= LeastSaidMs) { _said = null; }
        _isChanged |= _overlay is not null; // A warning that nobody types is over.
    }

    /// <summary>From now on these are the rights.</summary>
    /// <param name="utcNow">The same moment as <paramref name="now"/>: a lease ends by the clock on the wall.</param>
    /// <param name="unlocks">True for a fresh login.</param>
    public void Admit(MonoTime now, DateTimeOffset utcNow, Admission admission, bool unlocks)
    {
        Volatile.Write(ref _admission, admission);
        Networks = admission.Networks;
        _leaseEnd = admission.Lease.HasEnd ? now.Plus((long)Math.Ceiling((admission.Lease.EndsAt - utcNow).TotalMilliseconds)) : MonoTime.Forever;
        if (unlocks) { _lockLine = null; }
        _isChanged = true;
    }

    /// <param name="line">Why, for the user.</param>
    public void Lock(string line)
    {
        _lockLine ??= line;
        _isChanged = true;
    }

    /// <summary>Locks the screen for as long as something lasts, or no longer when it is null; a lock of policy's stays.</summary>
    public void Hold(string? line)
    {
        _holdLine = line;
        _isChanged = true;
    }

    /// <summary>A line that stays until the next one, such as that somebody watches; null for none. Printable ASCII.</summary>
    public void SetNote(string? note)
    {
        _note = note;
        _isChanged = true;
    }

    /// <summary>An operator takes the lock off.</summary>
    public void Unlock()
    {
        _lockLine = null;
        _isChanged = true;
    }

    /// <summary>A line that stays for a minute, or until somebody types who had the time to read it.</summary>
    public void Say(MonoTime now, string line)
    {
        (_said, _saidAt) = (line, now);
        _isChanged = true;
    }

    /// <summary>True when <see cref="Advance"/> has something to do.</summary>
    public bool IsDue(MonoTime now) => _isChanged || now >= _due;

    /// <summary>When that is so next, if nothing happens.</summary>
    public MonoTime NextTimeout => _due;

    /// <summary>Does what is due: null, or the reason for which the session ends.</summary>
    public SessionEndReason? Advance(MonoTime now)
    {
        _isChanged = false;
        SessionEndReason? end = Expire(now);
        _overlay = OverlayAt(now);
        _due = end is not null ? MonoTime.Forever : _said is null ? NextChange(now) : MonoTime.Min(NextChange(now), _saidAt.Plus(SaidMs));
        return end;
    }

    private SessionEndReason? Expire(MonoTime now)
    {
        if (_admission is not { } admission) { return null; }
        if (now >= IdleEnd) { return SessionEndReason.IdleTimeout; }
        if (now >= AbsoluteEnd) { return SessionEndReason.Quota; }
        if (now < _leaseEnd || _lockLine is not null) { return null; }
        if (admission.Rules.OnExpiry == LossAction.End) { return SessionEndReason.LeaseExpired; }
        _lockLine = $"{admission.Lease.Cause} ended on {admission.Lease.EndsAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}";
        return null;
    }

    private ScreenOverlay? OverlayAt(MonoTime now)
    {
        if (_lockLine is not null)
        {
            return Keep(true, "This session is locked: " + _lockLine + ".", "", "Log in again to unlock it. Your program goes on.");
        }

        if (_holdLine is not null) { return Keep(true, "This session waits: " + _holdLine + ".", "", "It goes on by itself when that is over."); }

        if (_said is not null)
        {
            if (now.Since(_saidAt) < SaidMs) { return Keep(false, _said); }
            _said = null;
        }

        // What ends first is said first.
        (MonoTime end, string what) = (IdleEnd, "Nobody types: this session ends");
        if (AbsoluteEnd < end) { (end, what) = (AbsoluteEnd, "This session's time is over: it ends"); }
        if (_leaseEnd < end) { (end, what) = (_leaseEnd, Capital(_admission!.Lease.Cause) + (_admission.Rules.OnExpiry == LossAction.End ? " ends, and this session with it," : " ends: the screen locks")); }
        long left = end == MonoTime.Forever ? long.MaxValue : end.Since(now);
        if (left <= WarningMs)
        {
            long minutes = (left + MinuteMs - 1) / MinuteMs;
            return Keep(false, $"{what} {(minutes <= 1 ? "within a minute" : $"in {minutes} min")}.");
        }

        return _note is null ? null : Keep(false, _note);
    }

    /// <summary>When something is due, or the screen says something else.</summary>
    private MonoTime NextChange(MonoTime now)
    {
        MonoTime end = MonoTime.Min(IdleEnd, AbsoluteEnd);
        if (!IsLocked) { end = MonoTime.Min(end, _leaseEnd); }
        if (end == MonoTime.Forever) { return end; }
        long left = end.Since(now);
        if (IsLocked || left <= 0) { return end; }
        return left > WarningMs ? now.Plus(left - WarningMs) : now.Plus(Math.Max(1, ((left - 1) % MinuteMs) + 1));
    }

    private long WarningMs => (long)(_admission?.Limits.Warning.TotalMilliseconds ?? 0);

    /// <summary>When it ends unless somebody types. From any thread.</summary>
    public MonoTime IdleEnd => After(LastKey, _admission?.Limits.Idle);

    /// <summary>When it ends in any case. From any thread.</summary>
    public MonoTime AbsoluteEnd => After(_begunAt, _admission?.Limits.Absolute);

    private static MonoTime After(MonoTime start, TimeSpan? span) => span is { } length ? start.Plus((long)length.TotalMilliseconds) : MonoTime.Forever;

    private static string Capital(string text) => text.Length == 0 ? "Your access" : char.ToUpperInvariant(text[0]) + text[1..];

    private ScreenOverlay Keep(bool hides, params string[] lines)
    {
        if (_overlay is null || _overlay.HidesScreen != hides || !_overlay.Lines.SequenceEqual(lines, StringComparer.Ordinal)) { _overlay = new ScreenOverlay(lines, hides); }
        return _overlay;
    }
}
