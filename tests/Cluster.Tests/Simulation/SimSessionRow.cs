namespace MoshBroker.Cluster.Tests.Simulation;

/// <param name="Applied">Of the last screen that was stored.</param>
internal sealed record SimSessionRow(SimSession Session, SimNode Owner, long Epoch, int Applied, string? EndReason);
