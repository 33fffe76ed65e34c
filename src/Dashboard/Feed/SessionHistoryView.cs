namespace MoshBroker.Dashboard.Feed;

/// <summary>The path to a session's client over the last hour: a column for each number, the oldest first; null where nothing is known.</summary>
/// <param name="Now">When this was read, in seconds since 1970.</param>
/// <param name="At">When the newest sample ended, in seconds since 1970.</param>
/// <param name="StepSeconds">From one sample to the next.</param>
/// <param name="Rtt">Smoothed round trip, in ms.</param>
/// <param name="LossUp">Of the client's datagrams, in per cent.</param>
/// <param name="Again">Frames sent again, in per cent.</param>
/// <param name="Silence">The longest that nothing was heard, in s.</param>
internal sealed record SessionHistoryView(
    double Now, long At, int StepSeconds, IReadOnlyList<int?> Rtt, IReadOnlyList<double?> LossUp, IReadOnlyList<double?> Again, IReadOnlyList<double?> Silence);
