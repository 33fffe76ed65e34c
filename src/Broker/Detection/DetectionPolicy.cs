namespace MoshBroker.Detection;

/// <summary>What policy wants of detections.</summary>
internal sealed record DetectionPolicy
{
    public static readonly DetectionPolicy Default = new();

    /// <summary>Whether ports are held that nothing uses, where all sessions share a port.</summary>
    public bool HasTripwires { get; init; } = true;

    /// <summary>The ports to hold, instead of some drawn at random.</summary>
    public IReadOnlyList<int> TripwirePorts { get; init; } = [];

    public IReadOnlyDictionary<DetectionRule, DetectionResponse> Responses { get; init; } = new Dictionary<DetectionRule, DetectionResponse>();

    /// <summary>Blocks are put into the kernel's set too.</summary>
    public bool UsesNftables { get; init; }

    /// <summary>Program and arguments that are told; empty for nobody.</summary>
    public IReadOnlyList<string> Notify { get; init; } = [];

    public bool SaysTheSame(DetectionPolicy other) =>
        HasTripwires == other.HasTripwires && UsesNftables == other.UsesNftables && TripwirePorts.SequenceEqual(other.TripwirePorts) && Notify.SequenceEqual(other.Notify, StringComparer.Ordinal)
        && Responses.Count == other.Responses.Count && Responses.All(response => other.Responses.TryGetValue(response.Key, out DetectionResponse? same) && same == response.Value);
}
