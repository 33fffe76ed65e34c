namespace MoshBroker.Dashboard.Feed;

/// <summary>Sessions that this process was to go on with.</summary>
/// <param name="Cause">"crash", "upgrade", "drain", "rebalance"; as in <c>moshbroker_handovers_total{cause}</c>.</param>
/// <param name="WentOn">How many do.</param>
/// <param name="Failed">How many could not.</param>
/// <param name="LongestSeconds">From the process's start to the last one's going on.</param>
internal sealed record HandoverView(string Cause, DateTimeOffset LastAt, int WentOn, int Failed, double LongestSeconds);
