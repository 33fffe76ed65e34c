using System.Text.Json.Nodes;

namespace MoshBroker.Deploy.Tests;

/// <summary>The checks have teeth: each of these slips, in manifests that are right otherwise, is found.</summary>
public sealed class ManifestMutationTests
{
    private const string Broker = "spec/template/spec/containers/0";

    [Theory]
    [InlineData("StatefulSet", $"{Broker}/args/3", "--ports=shared:60002", "another UDP port")]
    [InlineData("StatefulSet", $"{Broker}/args/3", "--ports=60001:60999", "one shared port only")]
    [InlineData("StatefulSet", $"{Broker}/args/4", "--ssh=0.0.0.0:22", "the port ssh is 2222")]
    [InlineData("StatefulSet", $"{Broker}/args/7", "--metrics=127.0.0.1:9090", "metrics on loopback")]
    [InlineData("StatefulSet", $"{Broker}/args/8", "--http=0.0.0.0:8080", "open to other pods")]
    [InlineData("StatefulSet", $"{Broker}/args/0", "--datum=/var/lib/moshbroker", "does not take its command line")]
    [InlineData("StatefulSet", $"{Broker}/args/0", "--data=/srv/moshbroker", "is on no volume")]
    [InlineData("StatefulSet", $"{Broker}/args/1", "--socket=/etc/moshbroker/policy/broker.sock", "is not writable")]
    [InlineData("StatefulSet", $"{Broker}/args/6", "--policy=/etc/moshbroker/policy/rules.yaml", "is not in the ConfigMap")]
    [InlineData("StatefulSet", $"{Broker}/args/9", "--capacity=4000", "are asked for")]
    [InlineData("StatefulSet", $"{Broker}/args/5", null, "an SSH host key of its own")]
    [InlineData("StatefulSet", $"{Broker}/command/0", null, "not an init")]
    [InlineData("StatefulSet", $"{Broker}/command/4", null, "--supervise is missing")]
    [InlineData("StatefulSet", $"{Broker}/env/1/name", "MOSHBROKER_MASTERKEY", "nothing reads")]
    [InlineData("StatefulSet", $"{Broker}/ports/0/protocol", "TCP", "the port mosh is")]
    [InlineData("StatefulSet", $"{Broker}/ports/0/protocol", "udp", "is none of")]
    [InlineData("StatefulSet", $"{Broker}/securityContext/readOnlyRootFilesystem", "false", "is no boolean")]
    [InlineData("StatefulSet", $"{Broker}/securityContext/readOnlyRootFilesystem", null, "may write to its image")]
    [InlineData("StatefulSet", $"{Broker}/securityContext/capabilities", null, "has capabilities")]
    [InlineData("StatefulSet", $"{Broker}/livenessProbe/httpGet/path", "/healthz", "/livez")]
    [InlineData("StatefulSet", $"{Broker}/readinessProbe/httpGet/port", "ssh", "another port")]
    [InlineData("StatefulSet", $"{Broker}/lifecycle", null, "not drained")]
    [InlineData("StatefulSet", $"{Broker}/lifecycle/preStop/exec/command/2", "--for=600", "drain has no --for")]
    [InlineData("StatefulSet", $"{Broker}/resources/limits", null, "no room for logins")]
    [InlineData("StatefulSet", $"{Broker}/volumeMounts/2/mountPath", "/var/tmp", "temporary files")]
    [InlineData("StatefulSet", "spec/template/spec/terminationGracePeriodSeconds", null, "killed after 30 s")]
    [InlineData("StatefulSet", "spec/template/spec/securityContext/seccompProfile", null, "no seccomp profile")]
    [InlineData("StatefulSet", "spec/template/spec/securityContext/runAsUser", null, "runs as root")]
    [InlineData("StatefulSet", "spec/template/spec/serviceAccountName", "default", "service account is not there")]
    [InlineData("StatefulSet", "spec/template/spec/restartPolicyy", "Always", "there is no restartPolicyy")]
    [InlineData("StatefulSet", "spec/serviceName", "moshbroker", "not headless")]
    [InlineData("StatefulSet", "spec/selector", null, "selector is missing")]
    [InlineData("StatefulSet", "metadata/namespace", "default", "in another namespace")]
    [InlineData("Service", "spec/ports/1/port", "60001", "is no number")]
    [InlineData("Service", "spec/ports/0/targetPort", "sshd", "which no pod has")]
    [InlineData("Service", "spec/externalTrafficPolicy", "Cluster", "hides who comes")]
    [InlineData("Service", "spec/selector/app.kubernetes.io~1name", "broker", "selects other pods")]
    [InlineData("NetworkPolicy", "spec/ingress/1/ports/0/port", "ssh", "shuts out metrics")]
    [InlineData("NetworkPolicy", "metadata/namespace", "default", "in another namespace")]
    [InlineData("PodDisruptionBudget", "spec/maxUnavailable", "{}", "is none of")]
    [InlineData("ServiceMonitor", "spec/endpoints/0/port", "web", "does not have")]
    [InlineData("ServiceMonitor", "spec/endpoints/0/path", "/stats", "does not have")]
    [InlineData("ServiceMonitor", "spec/jobLabel", "job", "another job")]
    [InlineData("PrometheusRule", "spec/groups/0/rules/3/expr", "vector(0)", "not those of grafana/")]
    [InlineData("ConfigMap", "data/policy.yaml", "version: 1\ntenant: {}\n", "policy.yaml:")]
    public async Task A_slip_is_found(string kind, string path, string? value, string fault)
    {
        Manifest manifest = (await Valid.Value).Copy();
        manifest.Of(kind).First().Put(path, value == "{}" ? new JsonObject() : value);

        Assert.Contains(await ManifestFaults.OfAsync(manifest), found => found.Contains(fault, StringComparison.Ordinal));
    }

    private static readonly Lazy<Task<Manifest>> Valid = new(() => Manifest.RenderAsync("load-balancer"));
}
