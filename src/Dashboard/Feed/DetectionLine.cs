using System.Globalization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>A detection as it is shown.</summary>
/// <param name="From">Networks, the worst first; empty when none is known.</param>
/// <param name="Sessions">Ids.</param>
/// <param name="Done">What was done about it.</param>
internal sealed record DetectionLine(long Number, bool IsOver, string What, string When, string Evidence, string From, IReadOnlyList<string> Sessions, IReadOnlyList<string> Done)
{
    public static DetectionLine Of(DetectionView detection) => new(
        detection.Number,
        detection.EndedAt is not null,
        detection.Rule.Replace('_', ' '),
        Stamp(detection.BeganAt, "yyyy-MM-dd HH:mm:ss") + (detection.EndedAt is { } end ? $" to {Stamp(end, "HH:mm:ss")}" : "") + " UTC",
        string.Join(" · ", detection.Evidence.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Replace('_', ' ')} {pair.Value:0.##}"))),
        string.Join(", ", detection.Networks.Select(network => $"{network.Network} ({network.Count})")),
        detection.Sessions,
        detection.Responses);

    private static string Stamp(DateTimeOffset moment, string format) => moment.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
