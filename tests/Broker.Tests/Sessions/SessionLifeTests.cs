using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>How a session begins and ends, in its own time.</summary>
public sealed class SessionLifeTests
{
    [Fact]
    public void The_program_is_released_by_the_first_state_and_after_its_resize()
    {
        using StagedSession session = StagedSession.Started();
        session.Run(5_000);
        Assert.Empty(session.Backend.Calls);
        using ScriptedClient client = session.Join(100, 30);
        session.RunUntil(() => session.Backend.IsReleased, "the release");
        Assert.Equal(["resize 100x30", "release"], session.Backend.Calls);
    }

    [Fact]
    public void Without_a_client_it_ends_after_60_seconds_and_nothing_was_ever_sent()
    {
        using StagedSession session = StagedSession.Started();
        session.Run(59_900);
        Assert.Empty(session.Ends);
        session.Run(200);
        Assert.Equal([SessionEndReason.NeverConnected], session.Ends);
        Assert.True(session.HasStopped && session.Backend.IsDisposed && session.Endpoint().IsDisposed);
        Assert.Empty(session.Endpoint().AllSent);
    }

    [Fact]
    public void A_probe_that_did_not_get_through_is_nobody_who_never_came()
    {
        using StagedSession session = new(isProbe: true);
        session.Actor.Tell(new SessionMessage.Start());
        session.Run(60_100);
        Assert.Equal([SessionEndReason.ClientQuit], session.Ends);
    }

    [Fact]
    public void A_stranger_does_not_count_as_the_first_client()
    {
        using StagedSession session = StagedSession.Started();
        using AuthenticPeer stranger = new(new Protocol.Crypto.SessionKey(new byte[16]));
        for (int i = 0; i < 50; i++) { session.Endpoint().Receive(session.Now, MemoryEndpoint.From("203.0.113.9", 9), stranger.Instruction(0, 1, [])); }
        session.Run(60_100);
        Assert.False(session.Backend.IsReleased);
        Assert.Equal([SessionEndReason.NeverConnected], session.Ends);
        Assert.Empty(session.Endpoint().AllSent);
    }

    [Fact]
    public void A_client_that_is_silent_for_the_network_timeout_loses_the_session()
    {
        using StagedSession session = StagedSession.Started(TimeSpan.FromSeconds(30));
        using ScriptedClient client = session.Join();
        session.Run(120_000); // Heartbeats keep an idle client's session.
        Assert.Empty(session.Ends);
        client.IsAway = true;
        session.Run(25_000);
        Assert.False(session.Backend.IsDisposed);
        session.Run(6_000);
        Assert.True(session.Backend.IsDisposed);
        session.Run(11_000);
        Assert.Equal([SessionEndReason.IdleTimeout], session.Ends);
    }

    [Fact]
    public void Without_a_network_timeout_a_client_may_be_away_for_days()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        client.IsAway = true;
        session.Host.Loop.Advance(2 * 86_400_000L, everyMs: 60_000);
        Assert.Empty(session.Ends);
        session.Backend.Print(session.Now, "meanwhile");
        client.IsAway = false;
        session.RunUntil(() => client.Row(0) == "meanwhile", "the screen is complete again");
    }

    [Fact]
    public void When_the_program_ends_its_last_screen_arrives_before_the_clean_end()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Print(session.Now, "last words");
        session.Backend.Exit(session.Now);
        session.RunUntil(() => session.Ends.Count > 0, "the end");
        Assert.Equal([SessionEndReason.UserExit], session.Ends);
        Assert.Equal("last words", client.Row(0));
        Assert.Equal(EndReason.PeerShutdown, client.EndReason);
    }

    [Fact]
    public void A_client_that_is_away_at_the_end_is_waited_for_10_seconds()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        client.IsAway = true;
        session.Backend.Exit(session.Now);
        session.Run(3_000);
        client.IsAway = false;
        session.RunUntil(() => client.EndReason == EndReason.PeerShutdown, "the client is told when it is back");
    }

    [Fact]
    public void A_client_that_stays_away_holds_the_end_up_for_no_more_than_10_seconds()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        client.IsAway = true;
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Run(10_100);
        Assert.Equal([SessionEndReason.Operator], session.Ends);
        session.Run(10_100);
        Assert.True(session.HasStopped);
    }

    [Fact]
    public void After_the_end_the_shutdown_state_is_answered_for_10_seconds_and_then_the_socket_goes()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.Exit(session.Now);
        session.RunUntil(() => session.Ends.Count > 0, "the end");
        session.Run(9_000);
        int before = session.Endpoint().AllSent.Count;
        using AuthenticPeer late = new(session.Key());
        session.Endpoint().Receive(session.Now, client.Path, late.Instruction(1, ulong.MaxValue, []));
        session.Run(500);
        Assert.True(session.Endpoint().AllSent.Count > before, "a client whose acknowledgement was lost is answered");
        Assert.False(session.Endpoint().IsDisposed);
        session.Run(10_000);
        Assert.True(session.Endpoint().IsDisposed && session.HasStopped);
        Assert.Single(session.Ends);
    }

    [Fact]
    public void A_program_that_takes_nothing_for_5_seconds_while_input_waits_is_stalled()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.DuringSend = () => (session.Backend.PendingInput, session.Backend.StalledSince) = (100, session.Now);
        client.Type("into the void");
        session.RunUntil(() => session.Backend.PendingInput > 0, "the input");
        session.Run(4_900);
        Assert.False(session.Backend.IsDisposed);
        session.Run(300);
        Assert.True(session.Backend.IsDisposed);
        session.RunUntil(() => session.Ends.Count > 0, "the end");
        Assert.Equal([SessionEndReason.PtyStalled], session.Ends);
    }

    [Theory]
    [InlineData(BackendEnd.Stalled, SessionEndReason.PtyStalled)]
    [InlineData(BackendEnd.Failed, SessionEndReason.BackendLost)]
    [InlineData(BackendEnd.Exited, SessionEndReason.UserExit)]
    [InlineData(BackendEnd.Lost, SessionEndReason.TargetLost)]
    internal void A_backend_that_ends_while_it_is_handed_input_ends_the_session_and_nothing_typed_goes_out(BackendEnd end, SessionEndReason reason)
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Backend.DuringSend = () => session.Backend.NoteEnd(end);
        client.Type("hunter2-hunter2");
        session.RunUntil(() => session.Ends.Count > 0, "the end");
        Assert.Equal([reason], session.Ends);
        Assert.Empty(session.Failures);
        Assert.DoesNotContain(session.Endpoint().AllSent, bytes => bytes.AsSpan().IndexOf("hunter2"u8) >= 0);
        Assert.Equal(EndReason.PeerShutdown, client.EndReason);
    }

    [Fact]
    public void A_program_that_is_gone_before_the_first_client_ends_the_session_as_lost()
    {
        using StagedSession session = StagedSession.Started();
        session.Backend.Exit(session.Now);
        Assert.Equal([SessionEndReason.BackendLost], session.Ends);
        Assert.True(session.HasStopped);
    }

    [Fact]
    public void A_turn_that_throws_ends_its_session_only_and_leaves_nothing_for_the_next_ones_datagrams()
    {
        using MemoryHost host = new();
        using StagedSession unlucky = StagedSession.Started(host: host);
        using StagedSession other = StagedSession.Started(host: host, port: 60_500);
        using ScriptedClient first = unlucky.Join();
        using ScriptedClient second = other.Join();
        unlucky.RunUntil(() => unlucky.Backend.IsReleased, "the first client");
        other.RunUntil(() => other.Backend.IsReleased, "the second client");
        unlucky.Backend.DuringSend = () => throw new InvalidOperationException("a bug");
        first.Type("hunter2-hunter2");
        unlucky.RunUntil(() => unlucky.Failures.Count > 0, "the failure");
        Assert.Equal([SessionEndReason.InternalError], unlucky.Ends);
        Assert.True(unlucky.HasStopped && unlucky.Backend.IsDisposed);
        Assert.Single(unlucky.Buried);

        other.Backend.Print(other.Now, "still here");
        other.RunUntil(() => second.Row(0) == "still here", "the other goes on");
        Assert.Empty(other.Ends);
        Assert.DoesNotContain(other.Endpoint().AllSent, bytes => bytes.AsSpan().IndexOf("hunter2"u8) >= 0);
    }

    [Fact]
    public void A_session_whose_port_cannot_be_watched_ends_and_gives_its_program_up()
    {
        using MemoryHost host = new() { EndpointFailure = new IOException("epoll_ctl: no space") };
        using StagedSession session = StagedSession.Started(host: host);
        Assert.Equal([SessionEndReason.InternalError], session.Ends);
        Assert.True(session.Backend.IsDisposed);
        Assert.Single(session.Failures);
    }

    [Fact]
    public void An_epoch_that_was_spent_before_sends_nothing_more_and_is_counted()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Run(500);
        int before = session.Endpoint().AllSent.Count;
        session.Actor.Tell(new SessionMessage.EpochDrawn(1, 4)); // A fault of the store's: 5 is in use.
        session.Backend.Print(session.Now, "never shown");
        session.RunUntil(() => session.Actor.Channels.Count == 0, "the channel ends");
        Assert.Equal(1, session.Host.Metrics.ReadNodePulse().NonceReuse);
        Assert.Equal(before, session.Endpoint().AllSent.Count);
        Assert.Equal([SessionEndReason.InternalError], session.Ends);
    }

    [Fact]
    public void A_new_epoch_is_asked_for_by_channel_and_its_numbers_are_used_from_then_on()
    {
        using StagedSession session = StagedSession.Started();
        using ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Actor.OnEpochNearlySpent(session.Actor.Channels[0]);
        Assert.Equal([1], session.EpochRequests);
        session.Actor.Tell(new SessionMessage.EpochDrawn(1, 77));
        session.Run(50);
        int before = session.Endpoint().AllSent.Count;
        session.Backend.Print(session.Now, "in the new epoch");
        session.RunUntil(() => client.Row(0) == "in the new epoch", "the client goes on");
        Assert.Equal(77, session.Actor.HeldEpoch);
        Assert.All(
            session.Endpoint().AllSent.Skip(before),
            bytes => Assert.Equal(77UL, (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) & long.MaxValue) >> 32));
    }
}
