using MoshBroker.Detection;
using MoshBroker.Detection.Rules;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>Each detector by itself, stepped once a second: what must fire, and what is everyday life.</summary>
public sealed class DetectorTests
{
    private const int Hour = 3600;
    private MonoTime _now = new(86_400_000);

    [Fact]
    public void Five_unknown_failures_a_second_are_fifteen_lost_laptops_and_no_burst()
    {
        AuthFailureBurst detector = new();
        Assert.Equal(0, Fires(detector, seconds: Hour, _ => new Tally { UnknownFailures = 5 }));
    }

    [Fact]
    public void A_flood_is_a_burst_within_a_second_and_is_over_ten_seconds_after_it()
    {
        AuthFailureBurst detector = new();
        Assert.Equal(0, Fires(detector, 600, _ => new Tally()));
        Assert.Equal(1, Fires(detector, 1, _ => new Tally { UnknownFailures = 5000, FailingNetworks = [new CountOf<ulong>(7, 5000)] }));
        Assert.Equal(9, Fires(detector, 60, _ => new Tally()));
    }

    [Fact]
    public void Scanning_that_has_gone_on_for_an_hour_is_background_until_it_grows_fourfold()
    {
        AuthFailureBurst detector = new();
        Fires(detector, 2 * Hour, _ => new Tally { UnknownFailures = 8 });
        Assert.Equal(0, Fires(detector, 600, _ => new Tally { UnknownFailures = 30 }));
        Assert.InRange(Fires(detector, 60, _ => new Tally { UnknownFailures = 60 }), 40, 60);
    }

    [Fact]
    public void Three_corrupt_datagrams_in_ten_minutes_happen_and_four_do_not()
    {
        KnownPeerAuthFailures detector = new();
        Assert.Equal(0, Fires(detector, 6 * Hour, second => new Tally { KnownFailures = second % 240 == 0 ? 1 : 0 }));
        Assert.True(Fires(detector, 4, _ => new Tally { KnownFailures = 1, KnownFailureSessions = ["s1"] }) > 0);
    }

    [Fact]
    public void A_stray_old_datagram_is_none_that_was_stored_and_a_recording_is()
    {
        OldReplays detector = new();
        Assert.Equal(0, Fires(detector, Hour, second => new Tally { OldReplays = second % 2 }));
        Assert.True(Fires(detector, 60, _ => new Tally { OldReplays = 1 }) > 0);
    }

    [Fact]
    public void Two_hundred_networks_are_a_bad_day_and_a_thousand_are_a_churn_unless_every_day_is_so()
    {
        SourceChurn detector = new();
        Assert.Equal(0, Fires(detector, Hour, _ => new Tally { FailingPrefixes = 200 }));
        Assert.Equal(0, Fires(detector, 60, _ => new Tally { FailingPrefixes = 990 }));
        Assert.Equal(60, Fires(detector, 60, _ => new Tally { FailingPrefixes = 1100 }));
        Fires(detector, 24 * Hour, _ => new Tally { FailingPrefixes = 1100 });
        Assert.Equal(0, Fires(detector, Hour, _ => new Tally { FailingPrefixes = 1500 }));
    }

    [Fact]
    public void Ten_touches_are_a_mistyped_port_and_a_walk_is_more()
    {
        TripwireTouched detector = new();
        Assert.Equal(0, Fires(detector, 300, second => new Tally { Tripped = second < 10 ? 1 : 0 }));
        Assert.Equal(0, Fires(detector, 300, _ => new Tally()));
        Assert.True(Fires(detector, 1, _ => new Tally { Tripped = 11 }) > 0);
    }

    [Fact]
    public void From_wifi_to_the_street_and_back_twice_is_no_flapping()
    {
        RoamFlapping detector = new();
        // Wi-Fi, LTE, Wi-Fi, LTE, Wi-Fi within a minute: three returns; ten people do so at once.
        Assert.Equal(0, Fires(detector, Hour, second => new Tally { Flaps = second % 60 is 20 or 35 or 50 ? [.. Enumerable.Range(0, 10).Select(i => new CountOf<string>($"s{i}", 1))] : [] }));
    }

    [Fact]
    public void Whoever_returns_every_few_seconds_flaps_and_is_named_among_many_who_do_not()
    {
        RoamFlapping detector = new();
        Evidence? evidence = null;
        for (int second = 0; second < 60; second++)
        {
            List<CountOf<string>> flaps = [new($"other{second}", 1)];
            if (second % 10 == 0) { flaps.Add(new CountOf<string>("victim", 1)); }
            evidence ??= detector.Look(Next(), new Tally { Flaps = flaps });
        }

        Assert.Equal(["victim"], evidence!.Sessions);
    }

    [Fact]
    public void More_flapping_sessions_than_there_is_room_for_are_still_found()
    {
        RoamFlapping detector = new();
        Assert.Equal(10, Fires(detector, 10, second => new Tally { Flaps = [.. Enumerable.Range(0, 500).Select(i => new CountOf<string>($"s{second}-{i}", 6))] }));
    }

    [Fact]
    public void One_search_given_up_now_and_then_is_not_an_exhausted_budget()
    {
        TrialDecryptBudgetExhausted detector = new();
        Assert.Equal(0, Fires(detector, 600, _ => new Tally { BudgetExhausted = 1 }));
        Assert.True(Fires(detector, 10, _ => new Tally { BudgetExhausted = 100 }) > 0);
    }

    [Fact]
    public void Roamers_get_less_than_three_times_what_they_sent_and_a_broken_bound_is_told()
    {
        SendAmplification detector = new();
        Assert.Equal(0, Fires(detector, 600, _ => new Tally { UnvalidatedSent = 30_000, UnvalidatedReceived = 10_000 }));
        detector = new SendAmplification();
        Assert.Equal(0, Fires(detector, 600, second => new Tally { UnvalidatedSent = second % 60 == 0 ? 1252 : 0, UnvalidatedReceived = second % 60 == 0 ? 70 : 0 })); // One full datagram for a small one.
        Assert.True(Fires(detector, 60, _ => new Tally { UnvalidatedSent = 60_000, UnvalidatedReceived = 1000 }) > 0);
    }

    [Fact]
    public void Ten_failed_starts_and_a_fifth_of_many_are_people_and_more_is_a_firewall()
    {
        NeverConnected detector = new();
        Assert.Equal(0, Fires(detector, 1, _ => Starts(10, 10)));
        Fires(detector, 1200, _ => Starts(0, 0));
        Assert.Equal(0, Fires(detector, 1, _ => Starts(100, 20)));
        Assert.Equal(1, Fires(detector, 1, _ => Starts(20, 10)));
    }

    [Fact]
    public void One_tenants_trouble_is_not_hidden_by_the_others_and_is_his_alone()
    {
        NeverConnected detector = new();
        Evidence evidence = detector.Look(Next(), new Tally { Starts = [new TenantStarts(0, "large", 5000, 3), new TenantStarts(1, "small", 20, 12)] })!;
        Assert.Equal(["small"], evidence.Tenants);
        Assert.Equal(12, evidence.Counts["never_connected"]);
    }

    [Fact]
    public void At_the_end_of_the_day_people_leave_and_nothing_is_cut()
    {
        MassDetach detector = new();
        Assert.Equal(0, Fires(detector, 900, second => new Tally { Attached = Math.Max(0, 100 - (second / 3)), Silent = 10 }));
    }

    [Fact]
    public void Half_of_all_clients_silent_within_minutes_is_our_path_and_half_of_ten_is_a_train()
    {
        MassDetach detector = new();
        Assert.Equal(0, Fires(detector, 600, second => new Tally { Attached = second < 300 ? 20 : 10, Silent = second < 300 ? 0 : 10 }));
        detector = new MassDetach();
        Assert.Equal(0, Fires(detector, 300, _ => new Tally { Attached = 100 }));
        Assert.InRange(Fires(detector, 300, _ => new Tally { Attached = 50, Silent = 50 }), 250, 300);
    }

    [Fact]
    public void Forty_colleagues_who_mistype_are_nobody_who_guesses()
    {
        SshAuthFailureBurst detector = new();
        Assert.Equal(0, Fires(detector, Hour, second => new Tally { SshFailures = second % 90 == 0 ? 40 : 0 }));
        detector = new SshAuthFailureBurst();
        Assert.True(Fires(detector, 120, _ => new Tally { SshFailures = 2 }) > 0);
    }

    [Fact]
    public void A_broken_glass_is_told_at_once()
    {
        BreakGlass detector = new();
        Assert.Equal(0, Fires(detector, 10, _ => new Tally()));
        Assert.Equal(1, Fires(detector, 10, second => new Tally { BrokenGlass = second == 3 ? 1 : 0 }));
    }

    private static Tally Starts(long started, long never) => new() { Starts = [new TenantStarts(3, "acme", started, never)] };

    private MonoTime Next() => _now = _now.Plus(1000);

    /// <summary>In how many of so many looks, a second apart, something is found.</summary>
    private int Fires(IDetector detector, int seconds, Func<int, Tally> seen) => Enumerable.Range(0, seconds).Count(second => detector.Look(Next(), seen(second)) is not null);
}
