using MoshBroker.Cluster;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>Those who only look, and who ends a session by leaving it.</summary>
public sealed class WatcherTests
{
    private const string Note = "bob is watching this session.";

    [Fact]
    public void The_watched_are_told_from_the_first_watcher_to_the_last()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        session.RunUntil(() => ann.Frame.Columns == 80 && session.Attaches.Count == 1, "the owner is there");
        ScriptedClient bob = Watch(session, new Watcher("bob"));
        session.RunUntil(() => Shows(ann, Note), "the note");
        ScriptedClient eve = Watch(session, new Watcher("eve"));
        session.RunUntil(() => Shows(ann, "bob and 1 more are watching this session."), "the note of two");
        bob.Transport.StartShutdown(session.Now);
        session.RunUntil(() => Shows(ann, "eve is watching this session."), "the note of one");
        eve.Transport.StartShutdown(session.Now);
        session.RunUntil(() => !Shows(ann, "watching"), "no note");
        Assert.Equal([(AttachKind.First, null), (AttachKind.Watch, "bob"), (AttachKind.Watch, "eve")], session.Attaches);
        Assert.Empty(session.Ends);
    }

    [Fact]
    public void A_watcher_that_is_lost_watches_no_longer_and_comes_back()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient bob = Watch(session, new Watcher("bob"));
        session.RunUntil(() => Shows(ann, Note), "the note");
        bob.IsAway = true;
        session.Run(45_000);
        Assert.False(Shows(ann, Note));
        bob.IsAway = false;
        session.RunUntil(() => Shows(ann, Note), "the note again");
    }

    [Fact]
    public void Where_policy_hides_watchers_no_note_is_shown()
    {
        Admission admission = Granted(TenantRules.Unlimited with { ShowsWatchers = false });
        using StagedSession session = StagedSession.Started(admission: admission);
        ScriptedClient ann = session.Join();
        ScriptedClient bob = Watch(session, new Watcher("bob"));
        session.Backend.Print(session.Now, "hello");
        session.RunUntil(() => bob.Row(0) == "hello" && ann.Row(0) == "hello", "the screen");
        Assert.False(Shows(ann, "watching"));
    }

    [Fact]
    public void A_right_to_watch_that_is_over_ends_the_watching_and_nothing_else()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient bob = Watch(session, new Watcher("bob") { Until = session.Now.Plus(5_000) });
        session.RunUntil(() => Shows(ann, Note), "the note");
        session.RunUntil(() => bob.Transport.Phase != TransportPhase.Open, "he is told");
        session.RunUntil(() => !Shows(ann, Note), "no note");
        Assert.Empty(session.Ends);
    }

    [Fact]
    public void A_watcher_is_heard_where_he_may_be_himself()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient bob = Watch(session, new Watcher("bob") { Networks = NetworkSet.Nowhere });
        session.Run(2_000);
        Assert.False(Shows(ann, "watching"));
        Assert.Equal(0UL, bob.Transport.RemoteNumber);
    }

    [Fact]
    public void Who_says_goodbye_ends_the_session_when_everybody_else_is_lost_or_only_watches()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient lost = session.Join(channel: session.Attach());
        ScriptedClient bob = Watch(session, new Watcher("bob"));
        session.RunUntil(() => Shows(ann, Note) && session.Attaches.Count == 3, "all are there");
        lost.IsAway = true;
        session.Run(41_000);
        Assert.Empty(session.Ends);
        ann.Transport.StartShutdown(session.Now);
        session.RunUntil(() => session.Backend.IsDisposed, "the end");
        Assert.Equal((int)SessionEndReason.ClientQuit, session.Actor.Stats.EndReason);
        Assert.NotNull(bob);
    }

    [Fact]
    public void Who_says_goodbye_leaves_the_session_to_another_who_is_there()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient other = session.Join(channel: session.Attach());
        session.RunUntil(() => session.Attaches.Count == 2, "both are there");
        ann.Transport.StartShutdown(session.Now);
        session.Run(15_000);
        Assert.False(session.Backend.IsDisposed);
        other.Transport.StartShutdown(session.Now);
        session.RunUntil(() => session.Backend.IsDisposed, "the end");
    }

    [Fact]
    public void A_watchers_goodbye_ends_nothing_even_when_nobody_else_is_left()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient ann = session.Join();
        ScriptedClient bob = Watch(session, new Watcher("bob"));
        session.RunUntil(() => Shows(ann, Note), "the note");
        ann.IsAway = true;
        session.Actor.Tell(new SessionMessage.Detach(1)); // The operator takes it from its owner.
        session.Run(20_000);
        bob.Transport.StartShutdown(session.Now);
        session.Run(15_000);
        Assert.False(session.Backend.IsDisposed);
    }

    private static ScriptedClient Watch(StagedSession session, Watcher watcher) => session.Join(channel: session.Attach(watcher));

    private static bool Shows(ScriptedClient client, string text) =>
        Enumerable.Range(0, client.Frame.Rows).Any(row => client.Row(row).Contains(text, StringComparison.Ordinal));

    internal static Admission Granted(TenantRules rules) => new()
    {
        Tenant = "acme",
        User = "ann",
        Networks = NetworkSet.Everywhere,
        Rules = rules,
        Limits = SessionLimits.None,
        Lease = Lease.Endless,
    };
}
