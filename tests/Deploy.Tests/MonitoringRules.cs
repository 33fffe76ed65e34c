using System.Text.Json.Nodes;

namespace MoshBroker.Deploy.Tests;

/// <summary>Alerts are those of grafana/, and what is scaled by is measured.</summary>
internal static class MonitoringRules
{
    private static readonly JsonNode Rules = Manifest.Parse(File.ReadAllText(Repository.Path("grafana", "prometheus", "moshbroker.rules.yml"))).Documents.Single();

    public static IReadOnlyList<string> FaultsOf(Manifest manifest)
    {
        List<string> faults = [];
        JsonObject[] rules = [.. manifest.Of("PrometheusRule")];
        if (rules is not [var only] || !JsonNode.DeepEquals(only.At("spec/groups"), Rules["groups"])) { faults.Add("the rules are not those of grafana/: run eng/generate-k8s-rules"); }
        if (!manifest.Of("ServiceMonitor").Any()) { faults.Add("nothing is scraped"); }
        return faults;
    }
}
