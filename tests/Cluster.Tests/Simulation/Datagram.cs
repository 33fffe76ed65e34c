namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>From a client.</summary>
/// <param name="Known">The newest of its states of which it knows that the server has it: what follows is a change of that.</param>
/// <param name="Typed">Its newest state.</param>
/// <param name="Heard">The highest number that it has heard.</param>
/// <param name="Entry">The node that it talks to.</param>
internal readonly record struct Datagram(string SessionId, int Known, int Typed, (long Epoch, long Number) Heard, string Entry);
