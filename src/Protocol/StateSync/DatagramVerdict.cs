using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Protocol.StateSync;

/// <summary>What a transport made of a datagram.</summary>
/// <param name="Reason">Why it was dropped; <see cref="DropReason.None"/> when it was accepted.</param>
/// <param name="IsAuthentic">True when it was made by somebody who holds the key, even if it was dropped for what it says.</param>
/// <param name="IsFresh">True when it is authentic and its number is above all seen before: only then may it move the peer's address.</param>
/// <param name="Sequence">The clear sequence number; 0 when the datagram is too short to have one.</param>
/// <param name="Replay">Of an authentic datagram: what the number says about its way here.</param>
/// <param name="Distance">Of an authentic datagram: how many numbers it skipped when fresh, else how far behind the newest it is.</param>
/// <param name="RemoteAdvanced">True when it brought a new newest remote state.</param>
public readonly record struct DatagramVerdict(
    DropReason Reason, bool IsAuthentic, bool IsFresh, ulong Sequence, ReplayKind Replay, ulong Distance, bool RemoteAdvanced)
{
    /// <summary>True when the datagram was authentic and nothing is wrong with it; a replayed one is accepted too.</summary>
    public bool IsAccepted => Reason == DropReason.None;

    /// <summary>
    /// Of a fresh one: the <see cref="Transport{TLocal, TRemote}.PathMark"/> under which the timestamp left that it echoes; null when it echoes none.
    /// </summary>
    public ulong? EchoedMark { get; init; }

    internal static DatagramVerdict Refused(DropReason reason, ulong sequence = 0) =>
        new(reason, IsAuthentic: false, IsFresh: false, sequence, ReplayKind.None, 0, RemoteAdvanced: false);
}
