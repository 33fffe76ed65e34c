namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>What a scenario raised.</summary>
/// <param name="Heard">Alerts that were raised and not silenced, at any time; name and severity.</param>
/// <param name="Last">Those raised and not silenced at the end.</param>
/// <param name="Detections">What the broker itself detected, with how often.</param>
internal sealed record Outcome(IReadOnlyDictionary<string, string> Heard, IReadOnlyList<string> Last, IReadOnlyDictionary<string, double> Detections, Exception? Failure, string Log);
