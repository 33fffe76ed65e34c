namespace MoshBroker.Dashboard.Feed;

/// <summary>Something unusual about the traffic, while it goes on and after. Numbers, networks and ids only.</summary>
/// <param name="Number">Counts up from the broker's start.</param>
/// <param name="Rule">As in <c>moshbroker_detections_total{rule}</c>.</param>
/// <param name="EndedAt">Null while it goes on.</param>
/// <param name="Evidence">Figures by name.</param>
/// <param name="Networks">Where most of it comes from.</param>
/// <param name="Sessions">Ids of the sessions that it is about.</param>
/// <param name="Responses">What was done about it.</param>
internal sealed record DetectionView(
    long Number,
    string Rule,
    DateTimeOffset BeganAt,
    DateTimeOffset? EndedAt,
    IReadOnlyDictionary<string, double> Evidence,
    IReadOnlyList<NetworkCount> Networks,
    IReadOnlyList<string> Sessions,
    IReadOnlyList<string> Tenants,
    IReadOnlyList<string> Responses);
