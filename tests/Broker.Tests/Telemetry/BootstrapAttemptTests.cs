using System.Diagnostics;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public sealed class BootstrapAttemptTests : IDisposable
{
    private readonly BrokerMetrics _metrics = new();
    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public BootstrapAttemptTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => ReferenceEquals(source, _metrics.Traces),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Add,
        };
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void A_way_to_a_target_is_one_trace_and_is_counted_once_when_the_target_is_there()
    {
        ActivitySource.AddActivityListener(_listener);
        long began = Stopwatch.GetTimestamp();
        BootstrapAttempt attempt = new(_metrics, began);
        attempt.Took("ssh_auth", began, Stopwatch.GetTimestamp());
        attempt.Begin(BootstrapPhase.Placement);
        attempt.Placed("cafe0001", awaitsClient: true, awaitsTarget: true);
        Assert.Empty(Results());
        attempt.Forget(); // The request is answered; the attempt goes on.
        attempt.Begin(BootstrapPhase.TargetConnect);
        attempt.End(BootstrapPhase.FirstDatagram);
        attempt.End(BootstrapPhase.TargetConnect);
        attempt.Begin(BootstrapPhase.TargetConnect); // Connected again, later.
        attempt.End(BootstrapPhase.TargetConnect);
        attempt.Close("user_exit");

        Assert.Equal(["ok 1"], Results());
        Assert.Equal(["ssh_auth", "placement", "first_datagram", "target_connect", "bootstrap"], _spans.Select(span => span.OperationName));
        Activity root = _spans[^1];
        Assert.Equal(("cafe0001", "ok", ActivityStatusCode.Unset), (root.GetTagItem("session.id"), root.GetTagItem("moshbroker.bootstrap.result"), root.Status));
        Assert.All(_spans[..^1], span => Assert.Equal((root.TraceId, root.SpanId), (span.TraceId, span.ParentSpanId)));
        Assert.Equal(default, root.ParentSpanId);
        Assert.Null(Activity.Current);
        Assert.Equal(1, Count("target_connect"));
        Assert.Equal(1, Count("first_datagram"));
    }

    [Fact]
    public void A_refusal_ends_the_trace_with_its_reason_and_nothing_changes_it_any_more()
    {
        ActivitySource.AddActivityListener(_listener);
        BootstrapAttempt attempt = new(_metrics, Stopwatch.GetTimestamp());
        attempt.End(BootstrapResult.PolicyDenied);
        attempt.Close();
        attempt.Forget();
        Assert.Equal(["policy_denied 1"], Results());
        Assert.Equal(("policy_denied", ActivityStatusCode.Error), (_spans.Single().GetTagItem("error.type"), _spans.Single().Status));
    }

    [Fact]
    public void A_target_that_never_answered_is_a_timeout_and_a_client_that_never_came_is_not()
    {
        BootstrapAttempt late = new(_metrics, Stopwatch.GetTimestamp());
        late.Placed("cafe0001", awaitsClient: true, awaitsTarget: true);
        late.Begin(BootstrapPhase.TargetConnect);
        late.Close("client_quit");
        BootstrapAttempt away = new(_metrics, Stopwatch.GetTimestamp());
        away.Placed("cafe0002", awaitsClient: true, awaitsTarget: true);
        away.Close("never_connected");
        Assert.Equal(["ok 1", "timeout 1"], Results());
    }

    [Fact]
    public void Who_asked_for_no_session_is_not_counted()
    {
        ActivitySource.AddActivityListener(_listener);
        new BootstrapAttempt(_metrics, Stopwatch.GetTimestamp()).Forget();
        Assert.Empty(Results());
        Assert.False(_spans.Single().Recorded);
    }

    private List<string> Results() => [.. BrokerMetricsTests.Scrape(_metrics)
        .Where(series => series.Name == "moshbroker_bootstrap_attempts_total" && series.Value > 0)
        .Select(series => $"{series.Labels["result"]} {series.Value}")];

    private double Count(string phase) => BrokerMetricsTests.Scrape(_metrics)
        .Single(series => series.Name == "moshbroker_bootstrap_duration_seconds_count" && series.Labels["phase"] == phase).Value;
}
