namespace MoshBroker.Survival;

/// <summary>What a process left of a session.</summary>
/// <param name="Screen">Facts and screen, as <see cref="SessionRecord"/> wrote them.</param>
/// <param name="Channels">As <see cref="Protocol.Snapshots.SessionSnapshot.WriteChannels"/> wrote them.</param>
/// <param name="Output">What the program printed since the screen was written.</param>
/// <param name="RepliesSent">So many bytes of the answers to that output are in the journal.</param>
/// <param name="IsLive">False while the program waits for its first client.</param>
/// <param name="IsLocked">Somebody had locked the screen.</param>
internal sealed record Checkpoint(byte[] Screen, ReadOnlyMemory<byte> Channels, byte[] Output, int RepliesSent, bool IsLive, bool IsLocked);
