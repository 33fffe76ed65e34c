using MoshBroker.Audit;

namespace MoshBroker.Cluster;

/// <summary>The whole store: what the broker is put together with.</summary>
internal interface IClusterStore : ISessionStore, INodeStore, IScreenStore, IAuditStore;
