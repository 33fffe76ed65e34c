using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Coordination;

/// <summary>Whose a session is, as far as a node knows.</summary>
/// <param name="Node">The owner.</param>
/// <param name="Epoch">Since which epoch: what is known of a later one is newer.</param>
/// <param name="Used">When it was last asked for.</param>
internal readonly record struct Route(string Node, long Epoch, MonoTime Used);
