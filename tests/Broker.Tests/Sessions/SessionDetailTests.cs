using System.Net;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>What is told of one session that somebody looks at closely.</summary>
public sealed class SessionDetailTests
{
    private static readonly DateTimeOffset Wall = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_last_hour_of_a_path_is_there_at_once()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(60_000);
        client.IsAsleep = true;
        session.Run(32_000);
        client.IsAsleep = false;
        session.Run(20_000);
        int count = 0;
        client.Loses = fromClient => fromClient && ++count % 2 == 0;
        session.Run(120_000);
        PathSample[] samples = session.Actor.History.Read(session.Now, isOver: false);

        Assert.Equal(PathHistory.Length, samples.Length);
        Assert.Equal(default, samples[0]);
        PathSample[] told = [.. samples.Where(sample => sample != default)];
        Assert.InRange(told.Length, 22, 24);
        Assert.All(told, sample => Assert.NotNull(sample.RttMs));
        Assert.InRange(told.Max(sample => sample.SilenceSeconds!.Value), 30, 36);
        Assert.True(told[2].SilenceSeconds < 4, $"{told[2]}");
        Assert.True(told.Skip(13).All(sample => sample.LossUp is > 0.3 and < 0.7), string.Join('\n', told));
        Assert.Equal(0, told[4].LossUp);
    }

    [Fact]
    public void While_nothing_comes_the_silence_grows_and_of_a_session_that_is_over_nothing_is_told()
    {
        using StagedSession session = StagedSession.Started();
        session.Join();
        session.Run(20_000);
        MonoTime later = session.Now.Plus(600_000);
        PathSample[] waiting = session.Actor.History.Read(later, isOver: false);

        Assert.InRange(waiting[^1].SilenceSeconds!.Value, 585, 605);
        Assert.Equal(10, waiting[^1].SilenceSeconds!.Value - waiting[^2].SilenceSeconds!.Value, 3);
        Assert.Equal(default, session.Actor.History.Read(later, isOver: true)[^1]);
    }

    [Fact]
    public void A_sample_allocates_nothing()
    {
        using StagedSession session = StagedSession.Started();
        session.Join();
        session.Run(20_000);
        Channel channel = Assert.Single(session.Actor.Channels);
        MonoTime now = session.Now;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++) { session.Actor.History.Note(now = now.Plus(3_000), channel); }
        }));
    }

    [Fact]
    public void Where_a_client_has_been_is_told_address_by_address()
    {
        PeerHistory peers = new();
        peers.Note(new MonoTime(1000), 1, "198.51.100.7:4000");
        peers.Note(new MonoTime(2000), 1, "198.51.100.7:4001");
        peers.Note(new MonoTime(3000), 2, "[2001:db8::1]:5000");
        peers.Note(new MonoTime(4000), 1, "203.0.113.9:4001");
        peers.Leave(new MonoTime(5000), 2);

        Assert.Equal(
            [
                new PeerStay(1, new MonoTime(1000), new MonoTime(4000), "198.51.100.7:4001", 1),
                new PeerStay(2, new MonoTime(3000), new MonoTime(5000), "[2001:db8::1]:5000", 0),
                new PeerStay(1, new MonoTime(4000), MonoTime.Forever, "203.0.113.9:4001", 0),
            ],
            peers.Stays);
    }

    [Fact]
    public void Of_one_that_moves_on_and_on_the_last_stays_are_kept()
    {
        PeerHistory peers = new();
        for (int i = 0; i < 1000; i++) { peers.Note(new MonoTime(i), 1, $"198.51.{i / 250}.{i % 250}:1"); }

        Assert.Equal(PeerHistory.Kept, peers.Stays.Count);
        Assert.Equal("198.51.3.249:1", peers.Stays[^1].Peer);
    }

    [Fact]
    public void A_roam_is_in_the_history_of_its_session()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.Run(5000);
        client.Path = MemoryEndpoint.From("203.0.113.9", 4444);
        session.Run(10_000);

        Assert.Equal(["198.51.100.1:40001", "203.0.113.9:4444"], session.Actor.Peers.Stays.Select(stay => stay.Peer));
    }

    [Fact]
    public void What_ends_a_session_is_told_with_the_moment_the_first_first()
    {
        Policy policy = Policies.Read(Policies.Small.Replace("targets: [web-1]\n", "targets: [web-1]\n        when: [{ days: [mon-fri], from: \"08:00\", to: \"18:00\", zone: UTC }]\n", StringComparison.Ordinal)
            + "    limits: { idle: 1h, absolute: 12h, bandwidth: 1MB, cpu_percent: 50 }\n    sessions: 5\n    sessions_per_user: 2\n");
        Admission admission = Policy.Decide(policy.User("acme", "ann"), new Credential.Key(Policies.AnnsFingerprint), IPAddress.Parse("10.1.2.3"), "web-1", Wall, default).Admission!;
        using StagedSession session = new(admission: admission);
        SessionLimitsView waiting = SessionLimitsWords.Of(session.Actor, policy, new SessionCounts(1, 3), session.Now, Wall);
        session.Actor.Tell(new SessionMessage.Start());
        session.Host.Loop.Run();
        SessionLimitsView limits = SessionLimitsWords.Of(session.Actor, policy, new SessionCounts(1, 3), session.Now, Wall);

        Assert.NotEmpty(waiting.Rules);
        Assert.Equal(["first_client", "idle", "lease", "absolute"], limits.Ends.Select(end => end.Cause));
        Assert.Equal(["12:01:00", "13:00:00", "18:00:00", "00:00:00"], limits.Ends.Select(end => end.At.UtcDateTime.ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(["end", "end", "lock", "end"], limits.Ends.Select(end => end.Action));
        Assert.Contains(new FactView("Sessions of its user", "1 of 2"), limits.Rules);
        Assert.Contains(new FactView("Sessions of its tenant", "3 of 5"), limits.Rules);
        Assert.Contains(new FactView("Allowed by", "group ops: mon-fri 08:00-18:00 UTC"), limits.Rules);
        Assert.Contains(limits.Rules, fact => fact.Name == "Clients may be in" && fact.Value.Contains("10.0.0.0/8", StringComparison.Ordinal));
        Assert.Contains(limits.Rules, fact => fact.Name == "CPU" && fact.Value.StartsWith("50 % of a core", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_policy_nothing_but_its_program_or_its_user_ends_a_session()
    {
        using StagedSession session = StagedSession.Started();
        session.Join();
        session.Run(1000);

        Assert.Empty(SessionLimitsWords.Of(session.Actor, Policy.None, new SessionCounts(1, 1), session.Now, Wall).Ends);
    }
}
