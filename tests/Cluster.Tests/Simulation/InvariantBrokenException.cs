namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>The simulated cluster did what it never may.</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);
