using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>Ends that go on from the snapshots of others, as if in another process.</summary>
internal static class Reincarnations
{
    public static Transport<TextState, UserInputState> OfServer(SessionPair<TextState> pair, ulong epoch)
    {
        ArrayBufferWriter<byte> snapshot = new();
        pair.Server.WriteSnapshot(snapshot);
        Transport<TextState, UserInputState>? restored = Transport<TextState, UserInputState>.TryRestore(
            pair.Clock.Now, pair.Setup(Direction.ServerToClient, epoch), pair.Screen, new UserInputState(), snapshot.WrittenSpan);
        Assert.NotNull(restored);
        return restored;
    }

    public static Transport<UserInputState, TextState> OfClient(SessionPair<TextState> pair, ulong epoch)
    {
        ArrayBufferWriter<byte> snapshot = new();
        ArrayBufferWriter<byte> log = new();
        pair.Client.WriteSnapshot(snapshot);
        pair.Input.WriteLog(log);
        UserInputState? input = UserInputState.TryReadLog(log.WrittenSpan);
        Assert.NotNull(input);
        Assert.True(input.SameAs(pair.Input));
        pair.Input = input;
        Transport<UserInputState, TextState>? restored = Transport<UserInputState, TextState>.TryRestore(
            pair.Clock.Now, pair.Setup(Direction.ClientToServer, epoch), input, new TextState(), snapshot.WrittenSpan);
        Assert.NotNull(restored);
        return restored;
    }
}
