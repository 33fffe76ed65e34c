namespace MoshBroker.Endpoint;

/// <summary>Where a client is, and which of our addresses he speaks to: an answer leaves from there.</summary>
internal readonly record struct UdpPath(UdpAddress Peer, UInt128 Local, uint Interface);
