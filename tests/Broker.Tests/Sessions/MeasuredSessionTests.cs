using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>What the metrics say of a session is what happened in it.</summary>
public sealed class MeasuredSessionTests : IDisposable
{
    private readonly StagedSession _session = StagedSession.Started();
    private readonly ScriptedClient _client;

    public MeasuredSessionTests()
    {
        _client = _session.Join();
        _session.Run(4000);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_echo_takes_from_the_key_s_datagram_to_the_frame_with_its_effect()
    {
        MonoTime typedAt = Type("a");
        _session.Run(80);
        int before = _session.Endpoint().AllSent.Count;
        _session.Backend.Print(_session.Now, "a");
        _session.RunUntil(() => _session.Endpoint().AllSent.Count > before, "a frame");

        Assert.Equal(1, Value("moshbroker_echo_latency_seconds_count"));
        Assert.InRange(Value("moshbroker_echo_latency_seconds_sum"), 0.080, _session.Now.Since(typedAt) / 1000.0);
    }

    [Fact]
    public void What_a_program_shows_later_than_a_second_after_the_key_is_its_own_time()
    {
        Type("a");
        _session.Run(1500);
        _session.Backend.Print(_session.Now, "done");
        _session.Run(100);
        Assert.Equal(0, Value("moshbroker_echo_latency_seconds_count"));

        Type("b"); // And the next key is measured again.
        _session.Backend.Print(_session.Now, "b");
        _session.Run(100);
        Assert.Equal(1, Value("moshbroker_echo_latency_seconds_count"));
    }

    [Fact]
    public void Output_that_nobody_typed_for_is_no_echo()
    {
        _session.Backend.Print(_session.Now, "mail has come");
        _session.Run(100);
        Assert.Equal(0, Value("moshbroker_echo_latency_seconds_count"));
    }

    [Fact]
    public void Screens_that_share_a_frame_are_counted_as_coalesced()
    {
        _session.Run(1000);
        double before = Value("moshbroker_frames_coalesced_total");
        for (int i = 0; i < 4; i++) { _session.Backend.Print(_session.Now, $"step {i}\r\n"); }
        _session.Run(200);
        Assert.Equal(3, Value("moshbroker_frames_coalesced_total") - before);
    }

    [Fact]
    public void A_datagram_that_comes_late_is_reordered_and_one_that_comes_again_a_duplicate()
    {
        _client.Kept = [];
        for (int key = 0; key < 2; key++)
        {
            _client.Type("x");
            _session.Run(100);
        }

        List<byte[]> kept = _client.Kept;
        Assert.InRange(kept.Count, 2, 30); // Within the window of what may come late.
        _client.Deliver(_session.Now, kept[^1]);
        _client.Deliver(_session.Now, kept[0]);
        Assert.Equal(1, Value("moshbroker_replayed_datagrams_total", ("kind", "reordered")));
        Assert.Equal(0, Value("moshbroker_replayed_datagrams_total", ("kind", "duplicate")));

        _client.Deliver(_session.Now, kept[^1]);
        Assert.Equal(1, Value("moshbroker_replayed_datagrams_total", ("kind", "reordered")));
        Assert.Equal(1, Value("moshbroker_replayed_datagrams_total", ("kind", "duplicate")));
    }

    [Theory]
    [InlineData("198.51.100.1", "port")]
    [InlineData("203.0.113.9", "new_prefix")]
    [InlineData("2001:db8::9", "family")]
    public void A_move_is_counted_as_what_it_is(string to, string kind)
    {
        _client.Path = MemoryEndpoint.From(to, 41_000);
        _session.RunUntil(() => Value("moshbroker_roams_total") > 0, "a roam");
        _session.Run(2000);
        Assert.Equal(1, Value("moshbroker_roams_total"));
        Assert.Equal(1, Value("moshbroker_roams_total", ("kind", kind)));
    }

    [Fact]
    public void Frames_that_are_lost_are_sent_again_and_counted()
    {
        double repeats = Value("moshbroker_downlink_frames_retransmitted_total");
        int lost = 0;
        _client.Loses = isUp => !isUp && lost++ < 5;
        _session.Backend.Print(_session.Now, "hard to get through");
        _session.RunUntil(() => _client.Row(0).Contains("through", StringComparison.Ordinal), "the text");
        Assert.InRange(Value("moshbroker_downlink_frames_retransmitted_total") - repeats, 1, 10);
    }

    private MonoTime Type(string key)
    {
        string before = _session.Backend.Input;
        _client.Type(key);
        _session.RunUntil(() => _session.Backend.Input.Length > before.Length, "the program has the key");
        return _session.Now;
    }

    private double Value(string name, params (string Label, string Value)[] labels) =>
        BrokerMetricsTests.Scrape(_session.Host.Metrics)
            .Where(series => series.Name == name && labels.All(label => series.Labels.GetValueOrDefault(label.Label) == label.Value))
            .Sum(series => series.Value);
}
