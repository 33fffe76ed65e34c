using MoshBroker.Backends;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>Why a session feels frozen, or that it does not: asks at the end of each turn, and keeps the timeline. Belongs to the session's loop.</summary>
internal sealed class SessionDiagnosis(SessionStats stats, LoopLoad load)
{
    // A share is doled out in small pieces: how much of a while was spent waiting for it counts.
    private const long HeldWindowMs = 2000;
    private const double HeldShare = 0.6;

    private SessionVerdict _verdict = new(VerdictCause.NoClient, MonoTime.Never, 0);
    private long _slowTurns = load.SlowTurns;
    private MonoTime _queuedAt = MonoTime.Never;
    private MonoTime _lastTurn = MonoTime.Never;
    private MonoTime _windowSince = MonoTime.Never;
    private long _heldMs;
    private bool _wasHeld;
    private bool _isStarved;
    private long _waitMs;

    public SessionTimeline Timeline { get; } = new();

    public ProgramWatch Program { get; } = new();

    public void Begin(MonoTime now)
    {
        Timeline.Add(now, TimelineKind.Started);
        Publish(new SessionVerdict(VerdictCause.NoClient, now, 0));
    }

    /// <summary>The turn is over.</summary>
    /// <param name="channel">The client that was heard last; null when nobody is there by Mosh.</param>
    /// <param name="isAtTty">Somebody is there by plain ssh, whose path is not ours to judge.</param>
    /// <param name="isHeld">The session waits for its share, or for its recording.</param>
    /// <returns>When to come again, if nothing happens before.</returns>
    public MonoTime Assess(MonoTime now, Channel? channel, IBackend? backend, bool isAtTty, bool isHeld)
    {
        NoteQueue(now, isHeld);
        VerdictFacts facts = isAtTty || channel is null ? new VerdictFacts { HasClient = isAtTty } : channel.Path.Facts(now);
        MonoTime next = !isAtTty && channel is not null && facts.HasClient && facts.SilentMs < VerdictRules.SilentAfterMs
            ? channel.Path.Heard.Plus(VerdictRules.SilentAfterMs)
            : MonoTime.Forever;
        facts = facts with { QueuedMs = now.Since(_queuedAt) };
        if (backend is not null)
        {
            Program.Look(now, backend);
            facts = facts with { IsStopped = Program.IsStopped(now), UntakenMs = _isStarved ? 0 : Program.UntakenMs(now, backend) };
            next = MonoTime.Min(next, Program.NextLook);
        }

        VerdictCause cause = VerdictRules.Of(facts, _verdict.Cause);
        long detail = cause switch
        {
            VerdictCause.PathLossy => (long)(facts.Loss * 100),
            VerdictCause.BrokerQueue => _waitMs,
            VerdictCause.TargetStalled => Math.Max(Program.Unread, backend?.PendingInput ?? 0),
            VerdictCause.WasAsleep or VerdictCause.UplinkWasCut => channel!.Path.LastReturn,
            _ => 0,
        };
        if (cause != _verdict.Cause)
        {
            // The first client's coming is told as such.
            if (_verdict.Cause != VerdictCause.NoClient) { Timeline.Add(now, TimelineKind.Verdict, (int)cause, (int)Math.Min(now.Since(_verdict.Since) / 1000, int.MaxValue)); }
            Publish(new SessionVerdict(cause, now, detail));
        }
        else if (detail != _verdict.Detail) { Publish(_verdict with { Detail = detail }); }

        return next;
    }

    private void NoteQueue(MonoTime now, bool isHeld)
    {
        if (load.SlowTurns != _slowTurns)
        {
            _slowTurns = load.SlowTurns;
            (_queuedAt, _waitMs) = (now, load.LastWaitMs);
        }

        if (_wasHeld) { _heldMs += now.Since(_lastTurn); }
        (_lastTurn, _wasHeld) = (now, isHeld);
        long window = now.Since(_windowSince);
        if (window < HeldWindowMs) { return; }
        _isStarved = _heldMs >= window * HeldShare;
        if (_isStarved) { (_queuedAt, _waitMs) = (now, 0); }
        (_windowSince, _heldMs) = (now, 0);
    }

    private void Publish(SessionVerdict verdict)
    {
        _verdict = verdict;
        Volatile.Write(ref stats.VerdictCause, (int)verdict.Cause);
        Volatile.Write(ref stats.VerdictSince, verdict.Since.Milliseconds);
        Volatile.Write(ref stats.VerdictDetail, verdict.Detail);
    }
}
