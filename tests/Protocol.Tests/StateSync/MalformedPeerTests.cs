using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>What an authentic client that breaks the protocol brings upon itself, and nobody else.</summary>
public sealed class MalformedPeerTests
{
    public static TheoryData<string, DropReason, EndReason> Table => new()
    {
        { "plaintext of 3 bytes", DropReason.Short, EndReason.None },
        { "plaintext of 13 bytes", DropReason.Short, EndReason.None },
        { "no zlib stream", DropReason.BadInstruction, EndReason.None },
        { "a zlib stream cut short", DropReason.BadInstruction, EndReason.None },
        { "no protobuf", DropReason.BadInstruction, EndReason.None },
        { "a diff that is no protobuf", DropReason.BadInstruction, EndReason.None },
        { "inflates beyond the limit", DropReason.InflateLimit, EndReason.None },
        { "two pieces with one number", DropReason.BadInstruction, EndReason.None },
        { "two ends", DropReason.BadInstruction, EndReason.None },
        { "wrong version", DropReason.ProtocolVersion, EndReason.None },
        { "no version", DropReason.ProtocolVersion, EndReason.None },
        { "new below old", DropReason.BadInstruction, EndReason.None },
        { "throwaway above old", DropReason.BadInstruction, EndReason.None },
        { "throwaway beyond what is held", DropReason.BadInstruction, EndReason.ThrowawayBeyondHeld },
        { "a state that does not extend the older", DropReason.BadInstruction, EndReason.StateNotExtending },
        { "window without columns", DropReason.BadInstruction, EndReason.InvalidDiff },
        { "window of minus one row", DropReason.BadInstruction, EndReason.InvalidDiff },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_breach_is_dropped_counted_and_ends_the_channel_where_the_table_says_so(string breach, DropReason reason, EndReason ended)
    {
        using ServerEnd end = Attached();
        Assert.Equal(reason, Commit(end, breach).Reason);
        Assert.Equal(ended, end.Transport.EndReason);
        Assert.Equal(1ul, end.Transport.Statistics.MalformedReceived);
        if (ended != EndReason.None)
        {
            // It is told at once that it is over.
            Assert.Contains(end.Hear(0), h => h.Said.NewNum == ServerEnd.Shutdown);
            return;
        }

        // The session goes on as if nothing had been said.
        ulong newest = end.Transport.RemoteNumber;
        Assert.InRange(newest, 2ul, 5ul);
        Assert.Equal(DropReason.None, end.Take(end.Peer.Say(newest, 9, diff: HandMadePeer.Keys("more"u8))).Reason);
        Assert.Equal(9ul, end.Transport.RemoteNumber);
    }

    [Fact]
    public void The_ack_of_another_version_is_ignored_too()
    {
        using ServerEnd end = Attached();
        end.Screen.Set("x"u8);
        ulong number = end.Hear(300)[^1].Said.NewNum;
        end.Take(end.Peer.Message(HandMadePeer.Instruction(2, 3, ackNum: number, version: 3)));
        Assert.NotEqual(number, end.Transport.AcknowledgedNumber);
        Assert.Empty(end.Hear(50));
    }

    [Fact]
    public void A_thousand_breaches_end_the_channel()
    {
        using ServerEnd end = Attached();
        for (int i = 1; i < Transport<TextState, Protocol.States.UserInputState>.MalformedLimit; i++)
            Commit(end, "no protobuf");
        Assert.Equal(EndReason.None, end.Transport.EndReason);
        Commit(end, "no protobuf");
        Assert.Equal(EndReason.TooManyMalformed, end.Transport.EndReason);
    }

    [Fact]
    public void What_only_came_late_or_twice_or_from_an_unknown_state_is_no_breach()
    {
        using ServerEnd end = Attached();
        byte[] twice = end.Peer.Say(2, 3, diff: HandMadePeer.Keys("c"u8));
        Assert.True(end.Take(twice).IsAccepted);
        Assert.Equal(ReplayKind.Duplicate, end.Take(twice).Replay);
        end.Take(end.Peer.Say(77, 78, diff: HandMadePeer.Keys("z"u8)));
        end.Take(end.Peer.Say(3, 4, ackNum: 12345));
        Assert.Equal((4ul, 0ul), (end.Transport.RemoteNumber, end.Transport.Statistics.MalformedReceived));
    }

    [Fact]
    public void Above_1024_states_one_more_is_taken_per_quench_time_until_some_are_thrown_away()
    {
        using ServerEnd end = new();
        ulong number = 0;
        for (; number < 3000; number++)
            end.Take(end.Peer.Say(number, number + 1));

        // The states after the last one taken come from states that are not held.
        int held = end.Transport.RemoteStatesHeld;
        ulong newest = end.Transport.RemoteNumber;
        Assert.InRange(held, 1025, 1026);
        Assert.Equal((ulong)held - 1, newest);

        end.Take(end.Peer.Say(newest, newest + 1));
        Assert.Equal(newest, end.Transport.RemoteNumber);
        end.Clock.Advance(15_000);
        end.Take(end.Peer.Say(newest, newest + 1));
        Assert.Equal(newest + 1, end.Transport.RemoteNumber);
        end.Take(end.Peer.Say(newest + 1, newest + 2));
        Assert.Equal(newest + 1, end.Transport.RemoteNumber);

        end.Take(end.Peer.Say(newest + 1, newest + 2, throwawayNum: newest));
        Assert.Equal((newest + 2, 3), (end.Transport.RemoteNumber, end.Transport.RemoteStatesHeld));
        Assert.Equal(0ul, end.Transport.Statistics.MalformedReceived);
    }

    private static ServerEnd Attached()
    {
        ServerEnd end = new();
        end.Take(end.Peer.Say(0, 1, diff: HandMadePeer.Keys("a"u8)));
        end.Take(end.Peer.Say(1, 2, diff: HandMadePeer.Keys("b"u8)));
        end.Hear(300);
        return end;
    }

    private static DatagramVerdict Commit(ServerEnd end, string breach)
    {
        HandMadePeer peer = end.Peer;
        byte[] sound = peer.Deflate(HandMadePeer.Instruction(2, 3));
        switch (breach)
        {
            case "plaintext of 3 bytes":
                return end.Take(peer.Seal(new byte[3]));
            case "plaintext of 13 bytes":
                return end.Take(peer.Seal(new byte[13]));
            case "no zlib stream":
                return end.Take(peer.Fragment(50, 0, isFinal: true, [1, 2, 3]));
            case "a zlib stream cut short":
                return end.Take(peer.Fragment(50, 0, isFinal: true, sound.AsSpan(0, sound.Length - 5)));
            case "no protobuf":
                return end.Take(peer.Message([0x0f, 0xff]));
            case "a diff that is no protobuf":
                return end.Take(peer.Say(2, 3, diff: [0x0a, 0x7f]));
            case "inflates beyond the limit":
                return end.Take(Bomb(end));
            case "two pieces with one number":
                end.Take(peer.Fragment(50, 0, isFinal: false, sound.AsSpan(0, 4)));
                return end.Take(peer.Fragment(50, 0, isFinal: false, sound.AsSpan(1, 4)));
            case "two ends":
                end.Take(peer.Fragment(50, 3, isFinal: true, sound.AsSpan(0, 4)));
                return end.Take(peer.Fragment(50, 4, isFinal: true, sound.AsSpan(0, 4)));
            case "wrong version":
                return end.Take(peer.Message(HandMadePeer.Instruction(2, 3, version: 3)));
            case "no version":
                return end.Take(peer.Message(HandMadePeer.Instruction(2, 3).AsSpan(2)));
            case "new below old":
                end.Take(peer.Say(2, 5, throwawayNum: 2));
                return end.Take(peer.Say(5, 4));
            case "throwaway above old":
                return end.Take(peer.Say(1, 3, throwawayNum: 2));
            case "throwaway beyond what is held":
                return end.Take(peer.Say(2, 3, throwawayNum: 100));
            case "a state that does not extend the older":
                return end.Take(peer.Say(1, 3, diff: HandMadePeer.Keys("x"u8)));
            case "window without columns":
                return end.Take(peer.Say(2, 3, diff: [0x0a, 0x04, 0x1a, 0x02, 0x30, 0x05]));
            default:
                return end.Take(peer.Say(2, 3, diff: [0x0a, 0x0f, 0x1a, 0x0d, 0x28, 0x50, 0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]));
        }
    }

    /// <summary>5 MB of zeros, in as many fragments as it takes.</summary>
    private static byte[] Bomb(ServerEnd end)
    {
        using MemoryStream stream = new();
        using (System.IO.Compression.ZLibStream zlib = new(stream, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(new byte[5 * 1024 * 1024]);
        byte[] bomb = stream.ToArray();
        int number = 0;
        for (; bomb.Length > 1000; bomb = bomb[1000..])
            Assert.True(end.Take(end.Peer.Fragment(50, number++, isFinal: false, bomb.AsSpan(0, 1000))).IsAccepted);
        return end.Peer.Fragment(50, number, isFinal: true, bomb);
    }
}
