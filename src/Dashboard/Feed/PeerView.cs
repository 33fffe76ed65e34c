namespace MoshBroker.Dashboard.Feed;

/// <summary>Where one client of a session was for a while.</summary>
/// <param name="Client">The id of its channel.</param>
/// <param name="Until">Null while it is there.</param>
/// <param name="Peer">Address and port, the last of them.</param>
/// <param name="PortChanges">How often a NAT, or the client itself, changed the port meanwhile.</param>
internal sealed record PeerView(DateTimeOffset Since, DateTimeOffset? Until, int Client, string Peer, int PortChanges);
