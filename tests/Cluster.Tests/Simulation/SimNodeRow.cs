using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster.Tests.Simulation;

internal sealed record SimNodeRow(SimNode Node, MemberLease Lease, bool IsDraining);
