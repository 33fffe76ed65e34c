using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What is counted and traced when the broker's process dies and the next one goes on.</summary>
[Collection(InteropGroup.Name)]
public sealed class MeasuredSurvivalTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_session_that_goes_on_is_one_hand_over_in_the_metrics_and_a_span()
    {
        await using OtlpReceiver collector = new();
        await using RunningBroker broker = await RunningBroker.StartAsync(
            null, OtlpReceiver.Hurry, "--metrics", $"127.0.0.1:{FreeTcpPorts.One()}", "--otlp", collector.Address);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", Long);
        Assert.Equal(0, (await broker.MetricsAsync())["moshbroker_handovers_total{cause=\"crash\",result=\"ok\"}"]);

        await broker.KillAsync();
        await broker.RunAsync();
        await terminal.TypeAsync("echo $((40+2))\r");
        await terminal.WaitForTextAsync("42", Long);
        Dictionary<string, double> metrics = await broker.MetricsAsync();
        Assert.Equal(1, metrics["moshbroker_handovers_total{cause=\"crash\",result=\"ok\"}"]);
        Assert.Equal(0, metrics["moshbroker_handovers_total{cause=\"crash\",result=\"failed\"}"]);
        Assert.Equal(1, metrics["moshbroker_handover_duration_seconds_count{cause=\"crash\"}"]);
        Assert.InRange(metrics["moshbroker_handover_duration_seconds_sum{cause=\"crash\"}"], 0.01, 30);
        await Eventually.TrueAsync(() => collector.Spans.Any(span => span.Name == "handover"), "the span was sent", Long, () => broker.Log);
        OtlpSpan handover = collector.Spans.Single(span => span.Name == "handover");
        Assert.Equal((session.Id, "crash", false), (handover.Attributes["session.id"], handover.Attributes["moshbroker.handover.cause"], handover.IsError));
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }
}
