namespace MoshBroker.Client.Ways;

/// <summary>How datagrams can go through ssh.</summary>
/// <param name="Words">The ssh that runs the broker's end.</param>
/// <param name="Environment">Its variables.</param>
/// <param name="IsAlways">UDP is not wanted.</param>
internal sealed record StreamFallback(IReadOnlyList<string> Words, IReadOnlyList<string> Environment, bool IsAlways);
