using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>The server's end of one client's channel: all of it that must survive, but the key.</summary>
/// <param name="Screen">What the client is shown; it follows the session's terminal.</param>
/// <param name="Transport">Numbers, acknowledged states, round-trip times.</param>
/// <param name="Keys">A half-read arrow or page key.</param>
/// <param name="EchoAck">Input that waits to be called shown.</param>
/// <param name="Owner">What else the owner keeps of the channel, such as its id, peer address, and bytes taken and not yet written to the program; at most
/// <see cref="SessionSnapshot.MostOwnerBytes"/>.</param>
public sealed record ChannelEnd(
    ScreenState Screen,
    Transport<ScreenState, UserInputState> Transport,
    ClientKeys Keys,
    EchoAckClock EchoAck,
    ReadOnlyMemory<byte> Owner);
