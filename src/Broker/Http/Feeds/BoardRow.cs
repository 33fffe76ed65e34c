using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary>A row, as it is sent, and since when it has been so.</summary>
/// <param name="Peer">Whose network the row has; to find out is worth remembering.</param>
internal sealed record BoardRow(SessionRow Row, string? Peer, byte[] Json, long Version);
