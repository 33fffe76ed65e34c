using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>One terminal, two channels, two clients.</summary>
public sealed class SharedTerminalTests
{
    [Fact]
    public void Both_clients_see_the_same_screen_and_both_may_type()
    {
        using Pair pair = new();
        pair.Session.Backend.Print(pair.Session.Now, "for both of you");
        pair.Session.RunUntil(() => pair.First.Row(0) == "for both of you" && pair.Second.Row(0) == "for both of you", "the line, twice");
        pair.First.Type("a");
        pair.Session.RunUntil(() => pair.Session.Backend.Input == "a", "the first one's key");
        pair.Second.Type("b");
        pair.Session.RunUntil(() => pair.Session.Backend.Input == "ab", "the second one's key");
    }

    [Fact]
    public void The_terminal_has_the_size_of_the_client_that_resized_or_typed_last()
    {
        using Pair pair = new();
        Assert.Equal((60, 20), pair.Session.Backend.Size); // The second came last.
        pair.First.Type("x");
        pair.Session.RunUntil(() => pair.Session.Backend.Size == (100, 30), "the first one types");
        pair.Second.Resize(50, 10);
        pair.Session.RunUntil(() => pair.Session.Backend.Size == (50, 10), "the second one resizes");
        pair.Second.Type("y");
        pair.Session.RunUntil(() => pair.Session.Backend.Input.EndsWith('y'), "the second one types");
        Assert.Equal((50, 10), pair.Session.Backend.Size);
    }

    [Fact]
    public void Who_has_the_smaller_window_sees_the_upper_left_part_and_who_has_the_larger_sees_blanks()
    {
        using Pair pair = new();
        pair.First.Type("x");
        pair.Session.RunUntil(() => pair.Session.Backend.Size == (100, 30), "the first one's size");
        pair.Session.Backend.Print(pair.Session.Now, "\x1b[H" + new string('=', 99) + ">\x1b[30;1Hbottom");
        pair.Session.RunUntil(() => pair.First.Row(29) == "bottom" && pair.Second.Row(0).Length > 0, "the wide line");
        Assert.Equal(new string('=', 99) + ">", pair.First.Row(0));
        Assert.Equal(new string('=', 60), pair.Second.Row(0));
        Assert.Equal((60, 20), (pair.Second.Frame.Columns, pair.Second.Frame.Rows));

        pair.Second.Type("y");
        pair.Session.RunUntil(() => pair.Session.Backend.Size == (60, 20), "the second one's size");
        pair.Session.Backend.Print(pair.Session.Now, "\x1b[2J\x1b[20;1Hlow\x1b[1;60H>");
        pair.Session.RunUntil(() => pair.First.Row(19) == "low" && pair.Second.Row(19) == "low", "both see the last row");
        Assert.Equal((100, 30), (pair.First.Frame.Columns, pair.First.Frame.Rows));
        Assert.Equal(new string(' ', 59) + ">", pair.First.Row(0));
        Assert.All(Enumerable.Range(20, 10), row => Assert.Equal("", pair.First.Row(row)));
    }

    [Fact]
    public void When_one_client_quits_the_other_goes_on()
    {
        using Pair pair = new();
        pair.Second.Transport.StartShutdown(pair.Session.Now);
        pair.Session.RunUntil(() => pair.Second.EndReason == EndReason.LocalShutdown, "the second one is answered");
        pair.Session.Run(25_000);
        Assert.Single(pair.Session.Actor.Channels);
        Assert.True(pair.Session.Endpoint(2).IsDisposed);
        Assert.Empty(pair.Session.Ends);
        pair.Session.Backend.Print(pair.Session.Now, "\x1b[2J\x1b[Hyou are alone");
        pair.Session.RunUntil(() => pair.First.Row(0) == "you are alone", "the first one goes on");
        pair.First.Transport.StartShutdown(pair.Session.Now);
        pair.Session.RunUntil(() => pair.Session.Ends.Count > 0, "the last one leaves");
        Assert.Equal([SessionEndReason.ClientQuit], pair.Session.Ends);
    }

    [Theory]
    [InlineData("throwaway beyond what is held", nameof(EndReason.ThrowawayBeyondHeld))]
    [InlineData("a window of no size", nameof(EndReason.InvalidDiff))]
    [InlineData("1,000 that make no sense", nameof(EndReason.TooManyMalformed))]
    public void Who_breaks_the_protocol_loses_his_channel_only_and_the_log_says_why(string breach, string reason)
    {
        using Pair pair = new();
        using AuthenticPeer breaker = new(pair.Session.Key(2));
        for (int i = 0; i < (breach.StartsWith('1') ? 1000 : 1); i++)
        {
            byte[] datagram = breach[0] switch
            {
                't' => breaker.Instruction(1, 50, AuthenticPeer.Keys("x"), throwaway: 900),
                'a' => breaker.Instruction(1, 50, [0x0a, 0x06, 0x1a, 0x04, 0x28, 0x00, 0x30, 0x05]),
                _ => breaker.Contents([1, 2, 3]),
            };
            pair.Session.Endpoint(2).Receive(pair.Session.Now, pair.Second.Path, datagram);
        }

        pair.Session.Run(25_000);
        Assert.Equal(1, Assert.Single(pair.Session.Actor.Channels).Id);
        Assert.Contains(pair.Session.Log.Lines, line => line.Contains("channel 2", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        pair.Session.Backend.Print(pair.Session.Now, "\x1b[2J\x1b[Hunharmed");
        pair.Session.RunUntil(() => pair.First.Row(0) == "unharmed", "the first one goes on");
        Assert.Empty(pair.Session.Ends);
        Assert.Empty(pair.Session.Failures);
    }

    [Fact]
    public void The_end_of_the_program_reaches_both()
    {
        using Pair pair = new();
        pair.Session.Backend.Print(pair.Session.Now, "\x1b[2J\x1b[Hbye");
        pair.Session.Backend.Exit(pair.Session.Now);
        pair.Session.RunUntil(() => pair.First.EndReason == EndReason.PeerShutdown && pair.Second.EndReason == EndReason.PeerShutdown, "both ends");
        Assert.Equal(("bye", "bye"), (pair.First.Row(0), pair.Second.Row(0)));
    }

    [Fact]
    public void Who_attaches_when_it_is_over_is_sent_away_and_his_key_is_wiped()
    {
        using StagedSession session = StagedSession.Started();
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Host.Loop.Run();
        Assert.True(session.HasStopped);
        ChannelSeed late = new(2, 5, new SessionKey(new byte[16]), new MoshBroker.Native.FileDescriptor(), 60_900);
        session.Actor.Tell(new SessionMessage.Attach(late));
        session.Host.Loop.Run();
        Assert.Throws<ObjectDisposedException>(() => late.Key.Bytes.Length);
    }

    [Fact]
    public void The_two_channels_are_shown_with_their_own_counters()
    {
        using Pair pair = new();
        SessionView view = SessionViews.Of(pair.Session.Actor, pair.Session.Now);
        Assert.Equal([1, 2], view.Channels.Select(channel => channel.Id));
        Assert.Equal(["198.51.100.1:40001", "198.51.100.2:40002"], view.Channels.Select(channel => channel.Peer!));
        Assert.All(view.Channels, channel => Assert.True(channel.DatagramsIn > 0 && channel.DatagramsOut > 0));
    }

    /// <summary>A window of 100×30, and a smaller one of 60×20 that came later.</summary>
    private sealed class Pair : IDisposable
    {
        public Pair()
        {
            First = Session.Join(100, 30);
            Session.RunUntil(() => Session.Backend.IsReleased, "the first client");
            Second = Session.Join(60, 20, Session.Attach());
            Session.RunUntil(() => Session.Backend.Size == (60, 20), "the second client");
        }

        public StagedSession Session { get; } = StagedSession.Started();

        public ScriptedClient First { get; }

        public ScriptedClient Second { get; }

        public void Dispose() => Session.Dispose();
    }
}
