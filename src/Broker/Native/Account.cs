namespace MoshBroker.Native;

/// <summary>An account of this machine.</summary>
internal sealed record Account(string Name, uint Uid, uint Gid, string Home, string Shell);
