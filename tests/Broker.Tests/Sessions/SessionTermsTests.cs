using MoshBroker.Cluster;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

public sealed class SessionTermsTests
{
    private const int Minute = 60_000;

    [Fact]
    public void A_locked_screen_shows_why_takes_no_key_and_gives_the_programs_screen_back()
    {
        using StagedSession session = StagedSession.Started(admission: Granted());
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Print(session.Now, "secret\r\n$ ");
        session.RunUntil(() => client.Row(0) == "secret", "the screen");

        session.Actor.Tell(new SessionMessage.Lose(LossAction.Lock, SessionEndReason.Revoked, "your key has been revoked"));
        session.RunUntil(() => Shows(client, "This session is locked: your key has been revoked."), "the lock");
        Assert.False(Shows(client, "secret"));
        Assert.False(client.Frame.CursorVisible);

        client.Type("rm -rf /\r");
        session.Backend.Print(session.Now, "went on");
        session.Run(3000);
        Assert.Equal("", session.Backend.Input);
        Assert.False(Shows(client, "went on"));

        session.Actor.Tell(new SessionMessage.Admit(Granted(), DateTimeOffset.UnixEpoch, Unlocks: true));
        session.RunUntil(() => client.Row(1) == "$ went on", "the program's screen");
        Assert.Equal("secret", client.Row(0));
        client.Type("x");
        session.RunUntil(() => session.Backend.Input == "x", "keys count again");
        Assert.Equal(["your key has been revoked", null], session.Locks);
    }

    [Fact]
    public void A_client_that_comes_to_a_locked_session_sees_the_lock()
    {
        using StagedSession session = StagedSession.Started(admission: Granted());
        session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Print(session.Now, "secret");
        session.Actor.Tell(new SessionMessage.Lose(LossAction.Lock, SessionEndReason.Revoked, "your key has been revoked"));
        session.Run(100);

        ScriptedClient second = session.Join(channel: session.Attach());

        session.RunUntil(() => Shows(second, "This session is locked"), "the lock");
        Assert.False(Shows(second, "secret"));
    }

    [Theory]
    [InlineData(LossAction.Lock)]
    [InlineData(LossAction.End)]
    internal void At_the_end_of_its_lease_a_session_is_locked_or_ends_to_the_second(LossAction action)
    {
        Lease lease = new(DateTimeOffset.UnixEpoch.AddMinutes(10), "your certificate");
        using StagedSession session = StagedSession.Started(admission: Granted(rules: new TenantRules { OnExpiry = action }) with { Lease = lease });
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");

        session.Run((10 * Minute) - 1500);
        Assert.Empty(session.Ends);
        Assert.Empty(session.Locks);
        Assert.True(Shows(client, action == LossAction.Lock ? "Your certificate ends: the screen locks within a minute." : "Your certificate ends, and this session with it, within a minute."));

        session.Run(2500);
        if (action == LossAction.Lock)
        {
            Assert.Equal(["your certificate ended on 1970-01-01 00:10 UTC"], session.Locks);
            Assert.True(Shows(client, "Log in again to unlock it. Your program goes on."));
        }
        else { Assert.Equal([SessionEndReason.LeaseExpired], session.Ends); }
    }

    [Fact]
    public void A_session_without_a_key_is_warned_and_ends_and_a_key_takes_the_warning_away()
    {
        using StagedSession session = StagedSession.Started(admission: Granted(new SessionLimits { Idle = TimeSpan.FromMinutes(10), Warning = TimeSpan.FromMinutes(3) }));
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Print(session.Now, "top\r\nnext");

        session.Run((7 * Minute) - 1000);
        Assert.Equal("top", client.Row(0));
        session.Run(2000);
        Assert.Equal(" Nobody types: this session ends in 3 min.", client.Row(0));
        Assert.Equal("next", client.Row(1));
        session.Run(Minute);
        Assert.Equal(" Nobody types: this session ends in 2 min.", client.Row(0));

        client.Type("x");
        session.RunUntil(() => client.Row(0) == "top", "the warning is gone");
        session.Run((10 * Minute) - 4000);
        Assert.Empty(session.Ends);
        session.Run(6000);
        Assert.Equal([SessionEndReason.IdleTimeout], session.Ends);
    }

    [Fact]
    public void A_warning_stands_away_from_the_cursor()
    {
        using StagedSession session = StagedSession.Started(admission: Granted(new SessionLimits { Absolute = TimeSpan.FromMinutes(4) }));
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");

        session.RunUntil(() => client.Row(23).StartsWith(" This session's time is over: it ends in 4 min.", StringComparison.Ordinal), "at the bottom while the cursor is in the first row");
        session.Backend.Print(session.Now, "one\r\ntwo");
        session.RunUntil(() => client.Row(0).StartsWith(" This session's time is over", StringComparison.Ordinal), "at the top otherwise");
        Assert.Equal("", client.Row(23));

        session.Run(4 * Minute);
        Assert.Equal([SessionEndReason.Quota], session.Ends);
    }

    [Fact]
    public void From_outside_the_networks_not_even_the_right_key_counts()
    {
        using StagedSession session = StagedSession.Started(admission: Granted() with { Networks = Networks("198.51.100.0/25") });
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        MoshBroker.Endpoint.UdpPath inside = client.Path;

        client.Path = MemoryEndpoint.From("198.51.100.200", 40_000);
        client.Type("ls");
        for (int i = 0; i < 600; i++) { RunWithoutAnswers(session); }
        Assert.Equal("", session.Backend.Input);
        Assert.InRange(session.Actor.Channels[0].View(session.Now).Drops["network"], 1, 1000);
        Assert.DoesNotContain(session.Moves, move => move.Roamed);

        client.Path = MemoryEndpoint.From("198.51.100.9", 40_001);
        for (int i = 0; i < 600 && session.Backend.Input.Length == 0; i++) { RunWithoutAnswers(session); }
        Assert.Equal("ls", session.Backend.Input);
        Assert.NotEqual(inside, client.Path);
        Assert.Contains(session.Moves, move => move.Roamed);
    }

    [Fact]
    public void The_first_datagram_too_comes_from_the_networks()
    {
        using StagedSession session = StagedSession.Started(admission: Granted() with { Networks = Networks("10.0.0.0/8") });
        session.Join();
        session.Run(5000);

        Assert.False(session.Backend.IsReleased);
        Assert.Empty(session.Endpoint().Sent);
    }

    [Fact]
    public void Bandwidth_is_kept_over_every_second()
    {
        const int Rate = 20_000;
        using StagedSession session = StagedSession.Started(admission: Granted(new SessionLimits { BytesPerSecond = Rate }));
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        Random random = new(3);

        ulong before = Sent();
        for (int second = 0; second < 10; second++)
        {
            for (int piece = 0; piece < 20; piece++)
            {
                session.Backend.Print(session.Now, string.Concat(Enumerable.Range(0, 2000).Select(_ => (char)random.Next(33, 127))));
                session.Run(50);
            }
        }

        Assert.InRange((Sent() - before) / 10.0, Rate * 0.5, Rate * 1.2);
        Assert.InRange(Throttled(session, "bandwidth"), 3, 10);
        session.Backend.Print(session.Now, "\u001b[2J\u001b[Hend");
        session.RunUntil(() => client.Row(0) == "end", "the last screen arrives");

        ulong Sent() => (ulong)session.Actor.Channels[0].View(session.Now).BytesOut;
    }

    [Fact]
    public void A_program_whose_output_costs_more_than_its_share_is_held_up_and_then_goes_on()
    {
        using StagedSession session = StagedSession.Started(admission: Granted(new SessionLimits { CpuPercent = 1 }));
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        string work = string.Concat(Enumerable.Repeat("\u001b[31mcolour\u001b[0m \u001b[2J\u001b[H", 40_000));

        session.Backend.Print(session.Now, work);
        Assert.True(session.Backend.IsPaused);
        Assert.Equal(1, session.Actor.CpuUsed(session.Now));
        MonoTime began = session.Now;
        for (int i = 0; i < 600 && session.Backend.IsPaused; i++) { session.Run(1000); }
        Assert.False(session.Backend.IsPaused);
        Assert.InRange(session.Now.Since(began) - (Throttled(session, "cpu") * 1000), 0, 1000);

        session.Backend.Print(session.Now, "\u001b[2J\u001b[Hend");
        session.RunUntil(() => client.Row(0) == "end", "the last screen arrives");
    }

    private static double Throttled(StagedSession session, string resource) => Telemetry.BrokerMetricsTests.Scrape(session.Host.Metrics)
        .Single(series => series.Name == "moshbroker_tenant_throttled_seconds_total" && series.Labels["tenant"] == "acme" && series.Labels["resource"] == resource).Value;

    /// <summary>What goes to where the client was is lost.</summary>
    private static void RunWithoutAnswers(StagedSession session)
    {
        session.Endpoint().Sent.Clear();
        session.Run(5);
    }

    private static bool Shows(ScriptedClient client, string text) => Enumerable.Range(0, client.Frame.Rows).Any(row => client.Row(row).Contains(text, StringComparison.Ordinal));

    private static NetworkSet Networks(string prefix)
    {
        Assert.Null(AddressRange.Parse(prefix, out AddressRange range));
        return NetworkSet.Of([range]);
    }

    [Fact]
    public void A_session_that_a_process_before_began_is_as_old_as_it_is()
    {
        SessionTerms terms = new();
        MonoTime now = new(1_000_000);
        terms.Begin(now, TimeSpan.FromMinutes(50));
        terms.Admit(now, DateTimeOffset.UnixEpoch, Granted(new SessionLimits { Absolute = TimeSpan.FromHours(1), Idle = TimeSpan.FromMinutes(30) }), unlocks: false);

        Assert.Equal(now.Plus(10 * Minute), terms.AbsoluteEnd);
        Assert.Equal(now.Plus(30 * Minute), terms.IdleEnd);
        Assert.Null(terms.Advance(now.Plus(10 * Minute - 1)));
        Assert.Equal(SessionEndReason.Quota, terms.Advance(now.Plus(10 * Minute)));
    }

    private static Admission Granted(SessionLimits? limits = null, TenantRules? rules = null) => new()
    {
        Tenant = "acme",
        User = "ann",
        Networks = NetworkSet.Everywhere,
        Rules = rules ?? TenantRules.Unlimited,
        Limits = limits ?? SessionLimits.None,
        Lease = Lease.Endless,
    };
}
