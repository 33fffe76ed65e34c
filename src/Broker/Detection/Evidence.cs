namespace MoshBroker.Detection;

/// <summary>What an alarm rests on: numbers, networks and ids. Never a key, a keystroke or a word of a screen.</summary>
/// <param name="Counts">By name, in snake case; the first is the one that the rule compares.</param>
internal sealed record Evidence(IReadOnlyDictionary<string, double> Counts)
{
    /// <summary>Networks that most of it came from, the busiest first.</summary>
    public IReadOnlyList<CountOf<ulong>> Networks { get; init; } = [];

    /// <summary>Ids of sessions that it is about, the most touched first.</summary>
    public IReadOnlyList<string> Sessions { get; init; } = [];

    public IReadOnlyList<string> Tenants { get; init; } = [];

    public static Evidence Of(params ReadOnlySpan<(string Name, double Value)> counts)
    {
        Dictionary<string, double> named = new(counts.Length, StringComparer.Ordinal);
        foreach ((string name, double value) in counts) { named[name] = Math.Round(value, 2); }
        return new Evidence(named);
    }
}
