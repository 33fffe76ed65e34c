using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MoshBroker.Telemetry;

namespace MoshBroker.Deploy.Tests;

/// <summary>Each overlay of deploy/k8s: what it comes to is valid, fits the broker, and fits together.</summary>
public sealed partial class ManifestTests
{
    public static TheoryData<string> Overlays => [.. Manifest.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_is_what_Kubernetes_takes_and_what_this_broker_does(string overlay) =>
        Assert.Empty(await ManifestFaults.OfAsync(await Manifest.RenderAsync(overlay)));

    [Fact]
    public async Task What_is_scaled_by_is_made_of_metrics_that_there_are()
    {
        JsonNode rule = Manifest.Parse(await File.ReadAllTextAsync(Repository.Path("deploy", "k8s", "components", "autoscaling", "prometheus-adapter-rule.yaml"))).Documents.Single().At("rules/0")!;
        using BrokerMetrics metrics = new();
        MetricsText text = new(isOpenMetrics: false);
        metrics.Registry.WriteTo(text);
        text.End();
        string page = System.Text.Encoding.UTF8.GetString(text.Written.Span);
        string[] names = [.. Metric().Matches(rule.Text("metricsQuery") + rule.Text("seriesQuery")).Select(match => match.Value).Distinct()];
        Assert.Equal(["moshbroker_session_capacity", "moshbroker_sessions"], names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Contains($"# TYPE {name} gauge", page, StringComparison.Ordinal));

        using Scratch scratch = new();
        string query = rule.Text("metricsQuery")!.Replace("<<.GroupBy>>", "pod", StringComparison.Ordinal).Replace("<<.LabelMatchers>>", "namespace=\"x\",pod=~\"a|b\"", StringComparison.Ordinal);
        string file = scratch.Write("rules.yml", $"groups: [{{ name: g, rules: [{{ record: load, expr: '{query}' }}] }}]\n");
        CommandResult check = await Command.RunAsync(["/usr/bin/promtool", "check", "rules", file], SessionHome.Inherited());
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
    }

    [Fact]
    public async Task The_flags_are_those_that_the_published_broker_tells_in_its_help()
    {
        CommandResult help = await Command.RunAsync([RunningBroker.Launcher, "serve", "--help"], SessionHome.Inherited(), within: TimeSpan.FromMinutes(4));
        string[] told = [.. help.Output.Split('\n').Select(line => line.Trim().Split(' ')[0])];
        foreach (string overlay in Manifest.Overlays)
        {
            Manifest manifest = await Manifest.RenderAsync(overlay);
            Assert.Subset(told.ToHashSet(StringComparer.Ordinal), manifest.ServeWords.Skip(1).Select(word => word.Split('=')[0]).ToHashSet(StringComparer.Ordinal));
        }
    }

    [GeneratedRegex(@"moshbroker_\w+")]
    private static partial Regex Metric();
}
