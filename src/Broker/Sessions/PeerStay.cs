using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Where a client was for a while: at one address, whatever its ports.</summary>
/// <param name="Channel">The client's.</param>
/// <param name="Until"><see cref="MonoTime.Forever"/> while it is there.</param>
/// <param name="Peer">Address and port, the last of them.</param>
/// <param name="Hops">How often its port changed meanwhile.</param>
internal sealed record PeerStay(int Channel, MonoTime Since, MonoTime Until, string Peer, int Hops);
