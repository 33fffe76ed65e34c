using System.Globalization;
using System.Text.Json.Nodes;
using MoshBroker.Configuration;
using MoshBroker.Tenants;

namespace MoshBroker.Deploy.Tests;

/// <summary>What the pod may do and needs, and what is said to it.</summary>
internal static class PodRules
{
    private static readonly string[] HealthPaths = ["/livez", "/readyz"]; // ContainerTests asks the real broker for them.

    public static IReadOnlyList<string> FaultsOf(Manifest manifest) =>
        [.. SecurityFaults(manifest), .. ProbeFaults(manifest), .. ResourceFaults(manifest), .. PolicyFaults(manifest), .. SecretFaults(manifest)];

    private static IEnumerable<string> SecurityFaults(Manifest manifest)
    {
        JsonNode pod = manifest.Pod;
        if (pod.Text("securityContext/runAsNonRoot") != "true" || pod.Text("securityContext/runAsUser") is null or "0") { yield return "it runs as root"; }
        if (pod.Text("securityContext/seccompProfile/type") != "RuntimeDefault") { yield return "no seccomp profile"; }
        if (pod.Text("automountServiceAccountToken") != "false") { yield return "it is given a token for the API server"; }
        foreach (JsonObject container in pod.Items("containers").Concat(pod.Items("initContainers")))
        {
            string name = container.Text("name") ?? "?";
            if (container.Text("securityContext/allowPrivilegeEscalation") != "false") { yield return $"{name} may gain privileges"; }
            if (container.Text("securityContext/readOnlyRootFilesystem") != "true") { yield return $"{name} may write to its image"; }
            if (!container.Strings("securityContext/capabilities/drop").SequenceEqual((string[])["ALL"]) || container.At("securityContext/capabilities/add") is not null) { yield return $"{name} has capabilities"; }
            if (container.At("securityContext/privileged") is not null) { yield return $"{name} is privileged"; }
        }

        bool isOnHost = pod.Text("hostNetwork") == "true";
        string? level = manifest.Of("Namespace").Single().Text("metadata/labels/pod-security.kubernetes.io~1enforce");
        if (level != (isOnHost ? "privileged" : "restricted")) { yield return $"the namespace admits {level} pods"; }
        if (!isOnHost && !manifest.Of("NetworkPolicy").Any()) { yield return "no network policy"; }
        if (!manifest.Of("PodDisruptionBudget").Any()) { yield return "no disruption budget"; }
    }

    private static IEnumerable<string> ProbeFaults(Manifest manifest)
    {
        foreach ((string probe, string path) in ((string, string)[])[("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz")])
        {
            if (manifest.Container.Text($"{probe}/httpGet/path") != path || !HealthPaths.Contains(path)) { yield return $"{probe} does not ask for {path}"; }
            if (manifest.Container.Text($"{probe}/httpGet/port") != "metrics") { yield return $"{probe} asks at another port than that of metrics"; }
        }
    }

    /// <summary>The arithmetic of the manifest's comment, on the figures as they are now.</summary>
    private static IEnumerable<string> ResourceFaults(Manifest manifest)
    {
        int capacity = manifest.ServeWords.Where(word => word.StartsWith("--capacity=", StringComparison.Ordinal)).Select(word => int.Parse(word.Split('=')[1], CultureInfo.InvariantCulture)).FirstOrDefault();
        double needed = MeasuredCost.Fixed + (capacity * MeasuredCost.PerSession);
        double memory = Bytes(manifest.Container.Text("resources/requests/memory") ?? "0");
        if (capacity == 0) { yield return "without --capacity nothing keeps the broker within its memory"; }
        if (memory < needed) { yield return $"{capacity} sessions need {needed / 1048576:0} MiB, and {memory / 1048576:0} are asked for"; }
        if (Bytes(manifest.Container.Text("resources/limits/memory") ?? "0") < memory * 1.25) { yield return "the limit of memory leaves no room for logins"; }
        if (manifest.Container.At("resources/limits/cpu") is not null) { yield return "a limit of processor time is everybody's slow echo"; }
        if (manifest.Container.At("resources/requests/cpu") is null) { yield return "no processor time is asked for"; }
    }

    private static IEnumerable<string> PolicyFaults(Manifest manifest)
    {
        if (manifest.Find("ConfigMap", "moshbroker-policy").Text("data/policy.yaml") is not { } text) { yield break; }
        using Scratch scratch = new();
        PolicyReading reading = PolicyReading.Of(scratch.Write("policy.yaml", text), new PolicySurroundings(10001, IsDevelopment: false, _ => null, [new PortSource.Shared(60001)]));
        foreach (object fault in reading.Faults) { yield return $"policy.yaml: {fault}"; }
    }

    /// <summary>Secrets are made by whoever installs this; none is in what we ship.</summary>
    private static IEnumerable<string> SecretFaults(Manifest manifest) => manifest.Of("Secret").Select(secret => $"a secret is shipped: {secret.Text("metadata/name")}");

    private static double Bytes(string quantity) => quantity switch
    {
        [.. var number, 'M', 'i'] => double.Parse(number, CultureInfo.InvariantCulture) * 1024 * 1024,
        [.. var number, 'G', 'i'] => double.Parse(number, CultureInfo.InvariantCulture) * 1024 * 1024 * 1024,
        _ => double.Parse(quantity, CultureInfo.InvariantCulture),
    };
}
