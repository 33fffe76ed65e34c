namespace MoshBroker.Probing;

/// <summary>How one leg went.</summary>
/// <param name="Fault">What was seen when it did not go well; null otherwise.</param>
/// <param name="Cure">What to do then.</param>
internal sealed record ProbeOutcome(ProbeLeg Leg, bool Success, double Seconds, string? Fault = null, string? Cure = null);
