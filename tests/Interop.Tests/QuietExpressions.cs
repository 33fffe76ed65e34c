namespace MoshBroker.Interop.Tests;

/// <summary>Panels and rules that have nothing to show beside a healthy broker that has just been started, and why.</summary>
internal static class QuietExpressions
{
    public const string NotBuilt = "its capability is not built yet (docs/metrics.md)";

    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MoshBrokerMassDetach"] = "compares with five minutes ago",
        ["MoshBrokerHostUdpBufferErrors"] = "of the host: prometheus-node-exporter's",
        ["nodes: Replication lag"] = NotBuilt,
        ["nodes: Node lease remaining"] = NotBuilt,
        ["MoshBrokerReplicationLag"] = NotBuilt,
        ["MoshBrokerNodeLeaseLow"] = NotBuilt,
        ["MoshBrokerSyntheticSessionFailing"] = "a probe's: moshbroker probe runs beside the broker",
        ["udp-security: Keys tried per datagram, p95"] = "only a shared port tries keys",
    };
}
