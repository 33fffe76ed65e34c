using System.Globalization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>Unusual UDP as it is shown, so that page and live feed cannot differ.</summary>
/// <param name="Detections">The newest first; the audit trail has more.</param>
/// <param name="Node">Null for whoever sees his tenant only.</param>
internal sealed record UdpPageView(IReadOnlyList<DetectionLine> Detections, UdpNodeLines? Node)
{
    private const int MostDetections = 50;

    public static UdpPageView Of(IBrokerFeed feed, IBrokerRecords records) => new(
        [.. feed.Detections.Take(MostDetections).Select(DetectionLine.Of)],
        records.Udp is { } udp
            ? new UdpNodeLines(
                udp.NonceReuse,
                udp.Unauthenticated,
                udp.Tripped,
                [.. udp.Blocks.Select(block => new FactView(block.Network, string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(block.SecondsLeft / 60)} min")))],
                [.. udp.Drops.OrderByDescending(drop => drop.Value).ThenBy(drop => drop.Key, StringComparer.Ordinal).Select(drop => new FactView(drop.Key.Replace('_', ' '), drop.Value.ToString("N0", CultureInfo.InvariantCulture)))])
            : null);
}
