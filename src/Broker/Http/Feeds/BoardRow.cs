using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary>A row, as it is sent, and since when it has been so.</summary>
internal sealed record BoardRow(SessionRow Row, byte[] Json, long Version);
