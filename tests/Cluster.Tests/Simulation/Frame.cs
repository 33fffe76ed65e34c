namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>To a client.</summary>
/// <param name="Ack">The newest client state that the server has.</param>
/// <param name="Screen">How many keys the program has shown.</param>
internal readonly record struct Frame(long Epoch, long Number, int Ack, int Screen);
