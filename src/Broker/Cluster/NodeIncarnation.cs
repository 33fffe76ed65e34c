namespace MoshBroker.Cluster;

/// <summary>One life of a node, from registering to the loss of its lease: what a node signs its writes with.</summary>
/// <param name="Name">Unique in the cluster, <c>--node</c>.</param>
/// <param name="Number">Drawn by the store by <see cref="Epoch"/>'s rule: a later life of the same name has a higher one, whatever the store forgot.</param>
internal readonly record struct NodeIncarnation(string Name, long Number);
