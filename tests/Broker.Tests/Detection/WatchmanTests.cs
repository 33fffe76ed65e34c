using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Audit;
using MoshBroker.Broker.Tests.Http;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Detection;

public sealed class WatchmanTests : IDisposable
{
    private static readonly UdpAddress Flooder = UdpAddress.From(IPAddress.Parse("203.0.113.77"), 4000);
    private static readonly UdpAddress Other = UdpAddress.From(IPAddress.Parse("2001:db8:5:1::9"), 4000);

    private readonly BrokerMetrics _metrics = new();
    private readonly MemoryAuditTrail _audit = new();
    private readonly AlarmBook _book = new();
    private readonly SettableClock _wall = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    private readonly StandInScene _scene = new();
    private readonly StandInPrograms _programs = new();
    private readonly StandInActions _sessions = new();
    private readonly HashSet<ulong> _live = [];
    private readonly Watchman _watchman;
    private Policy _policy = Policies.Read(Policies.Small);
    private MonoTime _now = new(86_400_000);

    public WatchmanTests() => _watchman = new Watchman(_metrics.Lookout, _scene, _book, _audit, _metrics, new DetectionLog(NullLogger<Watchman>.Instance), _wall)
    {
        Responder = new Responder(() => _policy, _metrics.Lookout.Filter, _sessions, () => _live, _programs, _programs),
    };

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_detection_that_goes_on_is_one_and_ends_a_minute_after_the_last_of_it()
    {
        Look(120, () => Fail(Flooder, 100));
        Alarm alarm = Assert.Single(_book.All);
        Assert.Equal((DetectionRule.AuthFailureBurst, null), (alarm.Rule, alarm.EndedAt));
        Look(50, () => { });
        Look(15, () => Fail(Flooder, 100));
        Assert.Null(Assert.Single(_book.All).EndedAt);
        Look(75, () => { });
        Assert.NotNull(Assert.Single(_book.All).EndedAt);
        Assert.Equal(1, Detections("auth_failure_burst"));
        Assert.Equal(["begin", "end"], _audit.Events.Select(told => told.More!["moshbroker.phase"]));

        Look(5, () => Fail(Flooder, 100));
        Assert.Equal([2, 1], _book.All.Select(each => each.Number));
        Assert.Equal(2, Detections("auth_failure_burst"));
    }

    [Fact]
    public void The_evidence_names_counts_networks_sessions_and_tenants()
    {
        Look(5, () =>
        {
            Fail(Flooder, 90);
            Fail(Other, 10);
            for (int i = 0; i < 2; i++) { _metrics.Lookout.AuthFailed(Other, PeerClass.Known, "cafe0001"); }
        });
        Alarm burst = Assert.Single(_book.All, alarm => alarm.Rule == DetectionRule.AuthFailureBurst);
        Assert.Equal(["203.0.113.0/24", "2001:db8:5::/48"], burst.Evidence.Networks.Select(network => NetworkText.Of(network.Item)));
        Assert.Equal(50, burst.Evidence.Counts["failures_per_second"]); // So far, over ten seconds.
        Alarm known = Assert.Single(_book.All, alarm => alarm.Rule == DetectionRule.KnownPeerAuthFailures);
        Assert.Equal(["cafe0001"], known.Evidence.Sessions);
        Assert.Equal(["acme"], known.Evidence.Tenants);
        AuditEvent told = Assert.Single(_audit.Events, each => each.Reason == "known_peer_auth_failures");
        Assert.Equal((AuditEventName.Detection, "cafe0001", "acme", "known_peer_auth_failures"), (told.Name, told.Session, told.Tenant, told.More!["security_rule.name"]));
    }

    [Fact]
    public void Trusted_scanners_are_neither_counted_nor_told_of()
    {
        _metrics.Lookout.Trusted = Policies.Read(Policies.Small + "trusted_scanners: [203.0.113.77]\n").TrustedScanners;
        Look(60, () =>
        {
            Fail(Flooder, 1000);
            _metrics.Lookout.Tripped(Flooder);
            _metrics.Lookout.Forbidden(Flooder);
            _metrics.Lookout.BudgetSpent(Flooder);
            _metrics.Lookout.SshFailed(IPAddress.Parse("203.0.113.77"));
        });
        Assert.Empty(_book.All);
        Assert.Equal(0, _metrics.Lookout.FailingPrefixes);
        Assert.All(ScrapedSeries.Parse(Page()).Where(series => series.Name is "moshbroker_auth_failures_total" or "moshbroker_tripwire_datagrams_total"), series => Assert.Equal(0, series.Value));
    }

    [Fact]
    public void Every_rule_is_raised_by_what_it_is_for_and_all_are_in_the_metrics()
    {
        int second = 0;
        _scene.Completing = tally =>
        {
            tally.BudgetExhausted = 100;
            tally.UnvalidatedSent = 100_000;
            tally.Attached = second < 100 ? 100 : 10;
            tally.Silent = second < 100 ? 0 : 90;
            tally.Starts = [new TenantStarts(0, "drop-in", 20, 10)];
        };
        Look(200, () =>
        {
            second++;
            for (uint network = 0; network < 300; network++) { Fail(new UdpAddress(new UInt128(0x2001_0db8_0000_0000 + ((ulong)network << 16), 1), 1, 0), 1); }
            for (int i = 0; i < 5; i++)
            {
                _metrics.Lookout.AuthFailed(Other, PeerClass.Known, "cafe0001");
                _metrics.Lookout.OldReplay("cafe0001");
                _metrics.Lookout.Flapped("cafe0001");
                _metrics.Lookout.Tripped(Flooder);
                _metrics.Lookout.SshFailed(IPAddress.Parse("192.0.2.1"));
            }

            if (second == 50) { _metrics.Lookout.BrokeGlass(); }
        });
        Assert.Equal(Enum.GetValues<DetectionRule>(), _book.All.Select(alarm => alarm.Rule).Order());
        Assert.All(Enum.GetValues<DetectionRule>(), rule => Assert.Equal(1, Detections(rule.ToName())));
    }

    [Fact]
    public void A_day_of_attacks_leaves_a_bounded_book()
    {
        for (int i = 0; i < 300; i++)
        {
            Look(2, () => Fail(Flooder, 100_000));
            Look(80, () => { });
        }

        Assert.InRange(_book.All.Count, 2, AlarmBook.Kept);
        Assert.All(_book.All, alarm => Assert.NotNull(alarm.EndedAt));
    }

    [Fact]
    public void Without_a_response_nothing_is_blocked_locked_or_run()
    {
        Look(60, () => Fail(Flooder, 5000));
        Assert.True(_metrics.Lookout.Filter.IsOpen(_now));
        Assert.Empty(_programs.Done);
        Assert.Empty(_sessions.Done);
    }

    [Fact]
    public void A_flooding_network_is_blocked_and_stays_so_while_it_floods_and_is_let_go_after()
    {
        Respond("{ rules: [auth_failure_burst], block: 60s }, nftables: true");
        Look(5, () => { Fail(Flooder, 5000); Fail(Other, 3); });
        Assert.True(_metrics.Lookout.Filter.IsBlocked(_now, Flooder.Network));
        Assert.False(_metrics.Lookout.Filter.IsBlocked(_now, Other.Network)); // A bystander.
        Assert.Equal(["203.0.113.0/24 blocked for 00:01:00"], Assert.Single(_book.All).Responses);

        Look(300, () => TurnAway(Flooder, 5000)); // What is turned away goes on counting.
        Assert.True(_metrics.Lookout.Filter.IsBlocked(_now, Flooder.Network));
        Assert.Null(Assert.Single(_book.All).EndedAt);
        Assert.All(_programs.Done, done => Assert.Equal("v4 203.0.113.0/24 60 s", done));

        Look(200, () => { });
        Assert.False(_metrics.Lookout.Filter.IsBlocked(_now, Flooder.Network));
        Assert.True(_metrics.Lookout.Filter.IsOpen(_now));
    }

    [Fact]
    public void Where_a_client_is_or_a_scanner_of_ours_nobody_is_blocked()
    {
        Respond("{ rules: [auth_failure_burst], block: 10m }", "trusted_scanners: [\"2001:db8:5::53\"]\n");
        _live.Add(Flooder.Network);
        Look(60, () => { Fail(Flooder, 5000); Fail(Other, 5000); });
        Assert.False(_metrics.Lookout.Filter.IsBlocked(_now, Flooder.Network));
        Assert.False(_metrics.Lookout.Filter.IsBlocked(_now, Other.Network));
    }

    [Fact]
    public void Sampling_lasts_as_long_as_the_detection()
    {
        Respond("{ rules: [source_churn, auth_failure_burst], sample: 16 }");
        Look(5, () => Fail(Flooder, 5000));
        Assert.Equal(10, Enumerable.Range(0, 160).Count(_ => _metrics.Lookout.Filter.LetsStrangerIn()));
        Look(80, () => { });
        Assert.True(_metrics.Lookout.Filter.LetsStrangerIn() && _metrics.Lookout.Filter.LetsStrangerIn());
    }

    [Fact]
    public void A_session_is_locked_once_for_each_detection()
    {
        Respond("{ rules: [known_peer_auth_failures], lock: true }");
        Look(30, () => _metrics.Lookout.AuthFailed(Other, PeerClass.Known, "cafe0001"));
        Assert.Equal(["lock cafe0001 by detection known_peer_auth_failures"], _sessions.Done);
    }

    [Fact]
    public void Somebody_is_told_when_it_begins_and_when_it_is_over()
    {
        Respond("{ rules: [auth_failure_burst], notify: true }, notify: [/bin/tell, x]");
        Look(30, () => Fail(Flooder, 100));
        Look(80, () => { });
        Assert.Equal(["/bin/tell auth_failure_burst begin", "/bin/tell auth_failure_burst end"], _programs.Done);
    }

    private void Respond(string responses, string more = "")
    {
        string[] parts = responses.Split("}, ");
        string rest = parts.Length > 1 ? ", " + parts[1] : "";
        _policy = Policies.Read($"{Policies.Small}detections: {{ responses: [{parts[0].TrimEnd('}')}}}]{rest} }}\n{more}");
        _metrics.Lookout.Trusted = _policy.TrustedScanners;
    }

    private void Fail(UdpAddress source, int times)
    {
        for (int i = 0; i < times; i++) { _metrics.Lookout.AuthFailed(source, PeerClass.Unknown, session: null); }
    }

    private void TurnAway(UdpAddress source, int times)
    {
        for (int i = 0; i < times; i++) { _metrics.Lookout.TurnedAway(source); }
    }

    /// <summary>So many looks, a second apart; before each something happens.</summary>
    private void Look(int times, Action happens)
    {
        for (int i = 0; i < times; i++)
        {
            _now = _now.Plus(1000);
            _wall.Now += TimeSpan.FromSeconds(1);
            happens();
            _watchman.Look(_now);
        }
    }

    private double Detections(string rule) => ScrapedSeries.Parse(Page()).Single(series => series.Name == "moshbroker_detections_total" && series.Labels["rule"] == rule).Value;

    private string Page()
    {
        MetricsText text = new(isOpenMetrics: false);
        _metrics.Registry.WriteTo(text);
        return System.Text.Encoding.UTF8.GetString(text.Written.Span);
    }
}
