using System.Diagnostics;

namespace MoshBroker.Telemetry;

/// <summary>One person's way to a prompt, from his SSH connection to his first screen: its outcome is counted once, its phases are timed, and where somebody takes traces it is one.</summary>
/// <remarks>From any thread; phases overlap and end on different ones.</remarks>
internal sealed class BootstrapAttempt
{
    private static readonly IReadOnlyList<string> Phases = MetricLabel.Of<BootstrapPhase>("phase").Values;
    private static readonly IReadOnlyList<string> Results = MetricLabel.Of<BootstrapResult>("result").Values;

    private readonly BrokerMetrics _metrics;
    private readonly long[] _began = new long[Enum.GetValues<BootstrapPhase>().Length];
    private readonly DateTimeOffset _createdAt = DateTimeOffset.UtcNow;
    private readonly long _created = Stopwatch.GetTimestamp();
    private readonly Activity? _root;
    private int _counted;
    private int _awaited;
    private bool _placed;
    private int _closed;

    /// <param name="began">Stopwatch's reading at the beginning.</param>
    public BootstrapAttempt(BrokerMetrics metrics, long began)
    {
        _metrics = metrics;
        _root = Start("bootstrap", ActivityKind.Server, default, began);
    }

    /// <summary>The number of the tenant that it counts for.</summary>
    public int Tenant { get; set; }

    /// <summary>Tells the trace something: a fact for operators, never a key, a keystroke or a screen.</summary>
    public void Note(string name, string? value)
    {
        if (value is not null) { _root?.SetTag(name, value); }
    }

    /// <summary>A part that is told once it is over.</summary>
    public void Took(string part, long began, long ended)
    {
        if (_root is null) { return; }
        using Activity? span = Start(part, ActivityKind.Internal, _root.Context, began);
        span?.SetEndTime(At(ended).UtcDateTime);
    }

    public void Begin(BootstrapPhase phase)
    {
        // A target that is connected to again, later, is no part of it.
        if (Volatile.Read(ref _closed) == 0) { Volatile.Write(ref _began[(int)phase], Stopwatch.GetTimestamp()); }
    }

    /// <summary>A phase is over; again, or one that never began, is nothing.</summary>
    public void End(BootstrapPhase phase)
    {
        long began = Interlocked.Exchange(ref _began[(int)phase], 0);
        if (began == 0) { return; }
        long ended = Stopwatch.GetTimestamp();
        _metrics.BootstrapTook(phase, Stopwatch.GetElapsedTime(began, ended));
        Took(Phases[(int)phase], began, ended);
        if (phase == BootstrapPhase.TargetConnect) { Count(BootstrapResult.Ok); }
        int bit = 1 << (int)phase;
        if ((Interlocked.And(ref _awaited, ~bit) & ~bit) == 0) { Close(); }
    }

    /// <summary>It has a session, and waits for these; the client's first datagram is waited for from now on.</summary>
    public void Placed(string session, bool awaitsClient, bool awaitsTarget)
    {
        _placed = true;
        Note("session.id", session);
        if (!awaitsTarget) { Count(BootstrapResult.Ok); }
        int client = awaitsClient ? 1 << (int)BootstrapPhase.FirstDatagram : 0;
        int target = awaitsTarget ? 1 << (int)BootstrapPhase.TargetConnect : 0;
        Volatile.Write(ref _awaited, client | target);
        End(BootstrapPhase.Placement);
        if (awaitsClient) { Begin(BootstrapPhase.FirstDatagram); }
    }

    /// <summary>It came to nothing, or needs no more.</summary>
    public void End(BootstrapResult result)
    {
        Count(result);
        Close();
    }

    /// <summary>The session is over, whatever was still waited for: at SSH's end all went well, unless a target never answered.</summary>
    public void Close(string? reason = null)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) { return; }
        Count(Volatile.Read(ref _began[(int)BootstrapPhase.TargetConnect]) != 0 ? BootstrapResult.Timeout : BootstrapResult.Ok);
        if (reason is not null) { _root?.SetStatus(ActivityStatusCode.Error, reason); }
        _root?.Stop();
    }

    /// <summary>The request is answered: if it came to no session and was not refused one, it was no attempt at one.</summary>
    public void Forget()
    {
        if (_placed || Interlocked.Exchange(ref _counted, 1) != 0) { return; }
        Volatile.Write(ref _closed, 1);
        if (_root is null) { return; }
        _root.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        _root.IsAllDataRequested = false;
        _root.Stop();
    }

    private void Count(BootstrapResult result)
    {
        if (Interlocked.Exchange(ref _counted, 1) != 0) { return; }
        _metrics.Bootstrapped(Tenant, result);
        if (_root is null) { return; }
        string name = Results[(int)result];
        _root.SetTag("moshbroker.bootstrap.result", name);
        if (result == BootstrapResult.Ok) { return; }
        _root.SetTag("error.type", name);
        _root.SetStatus(ActivityStatusCode.Error);
    }

    private Activity? Start(string name, ActivityKind kind, ActivityContext parent, long began)
    {
        if (!_metrics.Traces.HasListeners()) { return null; }
        // What runs next on this thread has nothing to do with it.
        Activity? before = Activity.Current;
        Activity.Current = null;
        Activity? span = _metrics.Traces.StartActivity(name, kind, parent, tags: null, links: null, At(began));
        Activity.Current = before;
        return span;
    }

    private DateTimeOffset At(long timestamp) => _createdAt - Stopwatch.GetElapsedTime(timestamp, _created);
}
