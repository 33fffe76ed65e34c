namespace MoshBroker.Cluster.Coordination;

/// <summary>What a node holds of a session: the epoch that it drew, and the turn of its lease in which the store last confirmed that.</summary>
internal readonly record struct Tenure(long Epoch, long Turn);
