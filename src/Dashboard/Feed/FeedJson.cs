using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>The one JSON form of the read models, for the live feed and for <c>moshbroker sessions --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(IReadOnlyList<SessionView>))]
[JsonSerializable(typeof(DetectionView))]
[JsonSerializable(typeof(IReadOnlyList<DetectionView>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(OverviewView))]
[JsonSerializable(typeof(SessionRow))]
[JsonSerializable(typeof(UdpPageView))]
[JsonSerializable(typeof(NodePageView))]
[JsonSerializable(typeof(SessionHistoryView))]
internal sealed partial class FeedJson : JsonSerializerContext;
