using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Detection;

/// <summary>Alarms as the dashboard, the API and the notified command see them.</summary>
internal static class DetectionViews
{
    public static DetectionView Of(Alarm alarm) => new(
        alarm.Number,
        alarm.Rule.ToName(),
        alarm.BeganAt,
        alarm.EndedAt,
        alarm.Evidence.Counts,
        [.. alarm.Evidence.Networks.Select(network => new NetworkCount(NetworkText.Of(network.Item), network.Count))],
        alarm.Evidence.Sessions,
        alarm.Evidence.Tenants,
        alarm.Responses);
}
