namespace MoshBroker.Cluster;

/// <summary>A node that joins the cluster, or comes back to it.</summary>
/// <param name="Instance">
/// Drawn once for a data folder, which one process has at a time: a process that comes back with it need not wait for the end of its
/// predecessor's lease. Another instance under the same name is another node, and refused while the first one's lease lasts.
/// </param>
/// <param name="RelayAddress">Where other nodes reach it, <c>ADDRESS:PORT</c>; empty for none.</param>
/// <param name="ClientAddress">What clients are told to go to; empty for the cluster's common address.</param>
/// <param name="PublicKey">Of its relay links: what others pin.</param>
/// <param name="Capacity">How many sessions it takes.</param>
internal sealed record NewNode(
    string Name, string Instance, string RelayAddress, string ClientAddress, byte[] PublicKey, NodeVersions Versions, int Capacity);
