namespace MoshBroker.Sessions;

/// <summary>Ten seconds of a path; null where nothing is known.</summary>
/// <param name="RttMs">Smoothed, at the end.</param>
/// <param name="LossUp">Share of the client's datagrams that never came; 0 to 1.</param>
/// <param name="Again">Share of frames that were sent again; 0 to 1.</param>
/// <param name="SilenceSeconds">The longest that nothing was heard.</param>
internal readonly record struct PathSample(int? RttMs, double? LossUp, double? Again, double? SilenceSeconds);
