using System.Diagnostics;

namespace MoshBroker.Telemetry;

/// <summary>Sessions that went on in another process, or could not.</summary>
internal sealed class HandoverMetrics
{
    private static readonly MetricLabel Cause = MetricLabel.Of<HandoverCause>("cause");

    private readonly ActivitySource _traces;
    private readonly CounterFamily _handovers;
    private readonly HistogramFamily _duration;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<HandoverCause, HandoverReading> _readings = [];

    public HandoverMetrics(MetricRegistry registry, ActivitySource traces)
    {
        _traces = traces;
        _handovers = registry.Counter(new("moshbroker.handovers", "{session}", "Sessions that went on in another process, or could not.", Cause, new MetricLabel("result", ["ok", "failed"])));
        _duration = registry.Histogram(
            new("moshbroker.handover.duration", "s", "From the start of the process that goes on with a session to when it does.", Cause), 0.1, 0.25, 0.5, 1, 2, 5, 10, 20);
    }

    /// <summary>Since this process's start, by cause; only what occurred.</summary>
    public IReadOnlyList<HandoverReading> Readings
    {
        get { lock (_lock) { return [.. _readings.Values]; } }
    }

    /// <summary>One session's; told now, also as a span.</summary>
    /// <param name="failure">Why it could not go on; null when it does.</param>
    public void Happened(HandoverCause cause, string session, DateTimeOffset began, string? failure)
    {
        _handovers.Add(1, ((int)cause * 2) + (failure is null ? 0 : 1));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if (failure is null) { _duration.Observe((now - began).TotalSeconds, (int)cause); }
        Note(cause, now, now - began, failure is null);
        Activity? before = Activity.Current;
        Activity.Current = null;
        using (Activity? span = _traces.StartActivity("handover", ActivityKind.Internal, default(ActivityContext), tags: null, links: null, began))
        {
            span?.SetTag("session.id", session);
            span?.SetTag("moshbroker.handover.cause", Cause.Values[(int)cause]);
            if (failure is not null) { span?.SetStatus(ActivityStatusCode.Error, failure); }
        }

        Activity.Current = before;
    }

    private void Note(HandoverCause cause, DateTimeOffset now, TimeSpan took, bool wentOn)
    {
        lock (_lock)
        {
            HandoverReading known = _readings.GetValueOrDefault(cause) ?? new HandoverReading(cause, now, 0, 0, TimeSpan.Zero);
            _readings[cause] = wentOn
                ? known with { LastAt = now, WentOn = known.WentOn + 1, Longest = took > known.Longest ? took : known.Longest }
                : known with { LastAt = now, Failed = known.Failed + 1 };
        }
    }
}
