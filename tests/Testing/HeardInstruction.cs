namespace MoshBroker.Testing;

/// <summary>What an end said in one datagram.</summary>
public sealed record HeardInstruction(
    ulong Sequence, ulong FragmentId, ulong OldNum, ulong NewNum, ulong AckNum, ulong ThrowawayNum, byte[] Diff, byte[] Chaff);
