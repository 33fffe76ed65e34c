using System.Text.Json.Nodes;

namespace MoshBroker.Deploy.Tests;

/// <summary>What names something else names something that is there.</summary>
internal static class LinkRules
{
    public static IReadOnlyList<string> FaultsOf(Manifest manifest) =>
        [.. NamespaceFaults(manifest), .. SelectorFaults(manifest), .. PortFaults(manifest), .. ReferenceFaults(manifest), .. BalancerFaults(manifest)];

    private static IEnumerable<string> NamespaceFaults(Manifest manifest)
    {
        string? own = manifest.Of("Namespace").SingleOrDefault().Text("metadata/name");
        return manifest.Documents.Where(document => document.Text("kind") != "Namespace" && document.Text("metadata/namespace") != own).Select(document => $"{Name(document)} is in another namespace");
    }

    private static IEnumerable<string> SelectorFaults(Manifest manifest)
    {
        JsonObject pod = (JsonObject)manifest.StatefulSet.At("spec/template/metadata/labels")!;
        foreach ((string kind, string path) in ((string, string)[])
                 [
                     ("StatefulSet", "spec/selector/matchLabels"), ("Service", "spec/selector"), ("PodDisruptionBudget", "spec/selector/matchLabels"), ("NetworkPolicy", "spec/podSelector/matchLabels"),
                 ])
        {
            foreach (JsonObject document in manifest.Of(kind).Where(document => !IsIn(document.At(path) as JsonObject, pod))) { yield return $"{Name(document)} selects other pods than the StatefulSet's"; }
        }

        foreach (JsonObject monitor in manifest.Of("ServiceMonitor"))
        {
            JsonObject[] found = [.. manifest.Of("Service").Where(service => IsIn(monitor.At("spec/selector/matchLabels") as JsonObject, service.At("metadata/labels") as JsonObject))];
            if (found is not [var service]) { yield return $"{Name(monitor)} selects {found.Length} services"; }
            else if (monitor.Items("spec/endpoints").Any(endpoint => !service.Items("spec/ports").Any(port => port.Text("name") == endpoint.Text("port")))) { yield return $"{Name(monitor)} scrapes a port that {Name(service)} does not have"; }
            else if (service.Text($"metadata/labels/{monitor.Text("spec/jobLabel")?.Replace("/", "~1", StringComparison.Ordinal)}") != "moshbroker") { yield return $"{Name(monitor)} makes another job than moshbroker, which the rules ask for"; }
            if (monitor.Items("spec/endpoints").Any(endpoint => endpoint.Text("path") is not "/metrics" and not "/metrics/sessions")) { yield return $"{Name(monitor)} scrapes a page that the broker does not have"; }
        }
    }

    private static IEnumerable<string> PortFaults(Manifest manifest)
    {
        HashSet<(string?, string)> named = [.. manifest.Container.Items("ports").Select(port => (port.Text("name"), port.Text("protocol") ?? "TCP"))];
        foreach (JsonObject service in manifest.Of("Service"))
        {
            foreach (JsonObject port in service.Items("spec/ports").Where(port => !named.Contains((port.Text("targetPort"), port.Text("protocol") ?? "TCP")))) { yield return $"{Name(service)} passes on to {port.Text("targetPort")}, which no pod has"; }
        }

        foreach (JsonObject policy in manifest.Of("NetworkPolicy"))
        {
            (string?, string)[] admitted = [.. policy.Items("spec/ingress").SelectMany(rule => rule.Items("ports")).Select(port => (port.Text("port"), port.Text("protocol") ?? "TCP"))];
            foreach ((string? port, string protocol) in named.Except(admitted)) { yield return $"{Name(policy)} shuts out {port}/{protocol}"; }
            foreach ((string? port, string protocol) in admitted.Except(named)) { yield return $"{Name(policy)} admits to {port}/{protocol}, which no pod has"; }
        }
    }

    private static IEnumerable<string> ReferenceFaults(Manifest manifest)
    {
        if (manifest.Find("Service", manifest.StatefulSet.Text("spec/serviceName") ?? "")?.Text("spec/clusterIP") != "None") { yield return "the StatefulSet's service is not there, or not headless"; }
        if (manifest.Find("ServiceAccount", manifest.Pod.Text("serviceAccountName") ?? "") is null) { yield return "the pod's service account is not there"; }
        foreach (JsonObject scaler in manifest.Of("HorizontalPodAutoscaler"))
        {
            if (manifest.Find(scaler.Text("spec/scaleTargetRef/kind") ?? "", scaler.Text("spec/scaleTargetRef/name") ?? "") is null) { yield return $"{Name(scaler)} scales what is not there"; }
            if (manifest.StatefulSet.At("spec/replicas") is not null) { yield return $"each apply would undo what {Name(scaler)} did: spec.replicas has to go"; }
        }
    }

    /// <summary>Client addresses are kept, or said in a header that the broker asks for.</summary>
    private static IEnumerable<string> BalancerFaults(Manifest manifest)
    {
        bool hasHeader = manifest.ServeWords.Any(word => word.StartsWith("--ssh-proxy=", StringComparison.Ordinal));
        foreach (JsonObject service in manifest.Of("Service").Where(service => service.Text("spec/type") == "LoadBalancer"))
        {
            if ((service.Text("spec/externalTrafficPolicy") == "Local") == hasHeader) { yield return $"{Name(service)} hides who comes, or the broker waits for a header that nobody sends"; }
        }

        if (hasHeader && !manifest.Of("Service").Any(service => service.Text("spec/type") == "LoadBalancer")) { yield return "a PROXY header is asked for, and no load balancer sends it"; }
    }

    private static bool IsIn(JsonObject? wanted, JsonObject? labels) => wanted is { Count: > 0 } && labels is not null && wanted.All(pair => JsonNode.DeepEquals(labels[pair.Key], pair.Value));

    private static string Name(JsonObject document) => $"{document.Text("kind")} {document.Text("metadata/name")}";
}
