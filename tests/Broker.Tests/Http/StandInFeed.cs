using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>A broker's read models, set by the test.</summary>
internal sealed class StandInFeed : IBrokerFeed
{
    public NodeView Node { get; set; } = SampleViews.Node();

    public IReadOnlyList<SessionView> Sessions { get; set; } = [];

    public IReadOnlyList<DetectionView> Detections { get; set; } = [];

    public SessionHistoryView? Past { get; set; }

    public SessionHistoryView? History(string id) => Find(id) is null ? null : Past ?? SampleViews.History();

    public SessionView? Find(string id) => Sessions.FirstOrDefault(session => session.Id == id);
}
