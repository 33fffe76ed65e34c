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
        JsonNode adapter = Manifest.Parse(File.ReadAllText(Repository.Path("deploy", "k8s", "components", "autoscaling", "prometheus-adapter-rule.yaml"))).Documents.Single().At("rules/0")!;
        foreach (string? name in manifest.Of("HorizontalPodAutoscaler").SelectMany(scaler => scaler.Items("spec/metrics")).Select(metric => metric.Text("pods/metric/name")))
        {
            if (name != adapter.Text("name/as")) { faults.Add($"no adapter makes {name}"); }
        }

        return faults;
    }
}
