namespace MoshBroker.Detection.Tests;

/// <summary>An alert as Alertmanager has it.</summary>
/// <param name="IsSilenced">Another alert explains it (an inhibition).</param>
internal sealed record SeenAlert(string Scenario, string Name, string Severity, bool IsSilenced);
