using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Configuration;

namespace MoshBroker.Deploy.Tests;

/// <summary>What the pod starts, held against the broker's own command line, and against the ports and volumes around it.</summary>
internal static class CommandRules
{
    public const string Launcher = "/opt/moshbroker/eng/moshbroker";

    private static readonly string[] Variables = ["POD_NAME", "PGPASSWORD", "MOSHBROKER_MASTER_KEY_FILE", "MOSHBROKER_SOCKET", "DOTNET_EnableDiagnostics"];

    public static async Task<IReadOnlyList<string>> FaultsOfAsync(Manifest manifest)
    {
        List<string> faults = [];
        string[] start = [.. manifest.Container.Strings("command")];
        if (start is not ["/usr/bin/tini", "--", Launcher, "serve", ..]) { faults.Add($"{string.Join(' ', start)} is not an init, the launcher and serve"); }

        if (!manifest.ServeWords.Contains("--supervise")) { faults.Add("a crash of the broker would restart the container: --supervise is missing"); }
        Dictionary<string, string> variables = manifest.Container.Items("env").ToDictionary(item => item.Text("name")!, item => item.Text("value") ?? "", StringComparer.Ordinal);
        faults.AddRange(variables.Keys.Except(Variables, StringComparer.Ordinal).Select(name => $"nothing reads the variable {name}"));
        CommandLineRun run = await ServeAsync(manifest, variables);
        if (run.Served is not { } options) { return [.. faults, $"serve does not take its command line: {run.Error.Trim()}"]; }
        faults.AddRange(PortFaults(manifest, options));
        faults.AddRange(PathFaults(manifest, options, variables));
        faults.AddRange(await VerbFaultsAsync(manifest));
        return faults;
    }

    /// <summary>The options as the broker reads them, without starting one.</summary>
    public static Task<CommandLineRun> ServeAsync(Manifest manifest, Dictionary<string, string> variables) => CommandLineRun.Of(
        CommandLineRun.Host(isRoot: false, [.. variables.Select(pair => (pair.Key, pair.Value))]), [.. manifest.ServeWords.Where(word => word != "--supervise")]);

    private static IEnumerable<string> PortFaults(Manifest manifest, ServeOptions options)
    {
        bool isOnHost = manifest.Pod.Text("hostNetwork") == "true";
        List<(string Name, int? Port, string Protocol)> wanted = [("metrics", options.Metrics?.Port, "TCP"), ("ssh", options.FrontDoor?.At.Port, "TCP")];
        if (options.Ports is [PortSource.Shared shared]) { wanted.Add(("mosh", shared.Port, "UDP")); }
        else if (!isOnHost) { yield return "without hostNetwork a Service can pass on one shared port only"; }
        foreach ((string name, int? port, string protocol) in wanted)
        {
            string? declared = manifest.Container.Items("ports").Where(item => item.Text("name") == name && item.Text("protocol") == protocol).Select(item => item.Text("containerPort")).FirstOrDefault();
            if (declared != $"{port}") { yield return $"the port {name} is {declared}/{protocol} in the pod, and {port} on the command line"; }
        }

        // A client goes to the port that MOSH CONNECT names, whatever stands between.
        foreach (System.Text.Json.Nodes.JsonObject port in manifest.Of("Service").SelectMany(service => service.Items("spec/ports")).Where(port => port.Text("targetPort") == "mosh"))
        {
            if (options.Ports is not [PortSource.Shared only] || port.Text("port") != $"{only.Port}") { yield return $"people are told another UDP port than the Service's {port.Text("port")}"; }
        }

        if (options.Metrics is { } metrics && System.Net.IPAddress.IsLoopback(metrics.Address)) { yield return "probes and Prometheus cannot reach metrics on loopback"; }
        if (options.Http is { } http && !System.Net.IPAddress.IsLoopback(http.Address)) { yield return "the dashboard is open to other pods"; }
    }

    private static IEnumerable<string> PathFaults(Manifest manifest, ServeOptions options, Dictionary<string, string> variables)
    {
        foreach ((string what, string? path, bool isWritten) in ((string, string?, bool)[])
                 [
                     ("the data folder", options.DataDirectory, true), ("the control socket", options.SocketPath, true), ("temporary files", "/tmp/x", true),
                     ("the policy", options.PolicyFile, false), ("the host key", options.FrontDoor?.HostKey, false), ("the master key", options.MasterKeyFile, false),
                     ("the store", (options.Store as StoreAddress.Sqlite)?.File, true),
                 ])
        {
            if (path is null) { continue; }
            foreach (string fault in VolumeFaults(manifest, what, path, isWritten)) { yield return fault; }
        }

        if (options.FrontDoor?.HostKey is null) { yield return "each pod would have an SSH host key of its own"; }
        if (options.MasterKeyFile is null) { yield return "each pod would have a master key of its own"; }
        if (variables.GetValueOrDefault("MOSHBROKER_SOCKET") != options.SocketPath) { yield return "MOSHBROKER_SOCKET is not where the socket is"; }
        if (options.Node != "moshbroker-0") { yield return $"the node's name is not the pod's: {options.Node}"; }
    }

    private static IEnumerable<string> VolumeFaults(Manifest manifest, string what, string path, bool isWritten)
    {
        System.Text.Json.Nodes.JsonObject? mount = manifest.Container.Items("volumeMounts").FirstOrDefault(item => path == item.Text("mountPath") || path.StartsWith(item.Text("mountPath") + "/", StringComparison.Ordinal));
        if (mount is null)
        {
            yield return $"{what} ({path}) is on no volume";
            yield break;
        }

        string name = mount.Text("name")!;
        if (isWritten == (mount.Text("readOnly") == "true")) { yield return $"{what} ({path}) is {(isWritten ? "not " : "")}writable"; }
        System.Text.Json.Nodes.JsonObject? volume = manifest.Pod.Items("volumes").FirstOrDefault(item => item.Text("name") == name);
        if (volume is null && !manifest.StatefulSet.Items("spec/volumeClaimTemplates").Any(item => item.Text("metadata/name") == name)) { yield return $"there is no volume {name}"; }
        if (volume.Text("configMap/name") is { } map && manifest.Find("ConfigMap", map).At("data") is var data && data?[Path.GetFileName(path)] is null)
        {
            yield return $"{what} ({Path.GetFileName(path)}) is not in the ConfigMap {map}";
        }
    }

    /// <summary>Other commands that the pod runs.</summary>
    private static async Task<IEnumerable<string>> VerbFaultsAsync(Manifest manifest)
    {
        string[] words = [.. manifest.Container.Strings("lifecycle/preStop/exec/command")];
        if (words is not [Launcher, "drain", ..]) { return ["the pod is not drained before it is stopped"]; }
        CommandLineRun help = await CommandLineRun.Of([.. words.Skip(1), "--help"]);
        string[] flags = [.. words.Skip(2).Where(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=')[0])];
        IEnumerable<string> unknown = flags.Where(flag => !help.Output.Contains($" {flag} ", StringComparison.Ordinal)).Select(flag => $"drain has no {flag}");
        int wait = words.Select(word => word.Split("--wait=")).Where(parts => parts.Length == 2).Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault(int.MaxValue);
        int grace = int.TryParse(manifest.Pod.Text("terminationGracePeriodSeconds"), out int given) ? given : 30;
        return wait + 20 <= grace ? unknown : [.. unknown, $"the pod is killed after {grace} s, while it drains for {wait} s and then says goodbye"];
    }
}
