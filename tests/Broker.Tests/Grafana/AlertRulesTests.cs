using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.Serialization;

namespace MoshBroker.Broker.Tests.Grafana;

/// <summary>What is shipped for Prometheus and Alertmanager, as their own tools see it.</summary>
public sealed partial class AlertRulesTests
{
    private static string Root { get; } = FindRoot();

    private static string Rules => Path.Combine(Root, "grafana/prometheus/moshbroker.rules.yml");

    private static List<Dictionary<string, object>> Alerts()
    {
        Dictionary<string, List<Dictionary<string, object>>> file =
            new DeserializerBuilder().Build().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(File.ReadAllText(Rules));
        return [.. file["groups"]
            .SelectMany(group => ((List<object>)group["rules"]).Cast<Dictionary<object, object>>())
            .Select(rule => rule.ToDictionary(pair => (string)pair.Key, pair => pair.Value))
            .Where(rule => rule.ContainsKey("alert"))];
    }

    [Fact]
    public void Promtool_finds_nothing_wrong_with_the_rules() =>
        Assert.Contains("34 rules found", Run("promtool", Root, "check", "rules", Rules), StringComparison.Ordinal);

    [Fact]
    public void Promtool_finds_nothing_wrong_with_the_scrape_configuration() =>
        Run("promtool", Path.Combine(Root, "grafana/prometheus"), "check", "config", "prometheus.yml");

    [Theory]
    [InlineData("moshbroker")]
    [InlineData("moshbroker-sessions")]
    [InlineData("node")]
    public void What_is_scraped_on_one_host_is_one_instance(string job)
    {
        string found = Run("promtool", Path.Combine(Root, "grafana/prometheus"), "check", "service-discovery", "prometheus.yml", job);
        using JsonDocument document = JsonDocument.Parse(found[found.IndexOf('[', StringComparison.Ordinal)..]);
        Assert.Equal("127.0.0.1", document.RootElement[0].GetProperty("labels").GetProperty("instance").GetString());
    }

    [Fact]
    public void Amtool_finds_nothing_wrong_with_the_Alertmanager_example() =>
        Assert.Contains("5 inhibit rules", Run("amtool", Root, "check-config", "grafana/alertmanager/alertmanager.yml"), StringComparison.Ordinal);

    [Theory]
    [InlineData("fires.yml")]
    [InlineData("stays-silent.yml")]
    public void Every_alert_fires_when_it_must_and_stays_silent_when_it_must_not(string file)
    {
        string folder = Path.Combine(Root, "grafana/prometheus/tests");
        string[] tested = [.. AlertName().Matches(File.ReadAllText(Path.Combine(folder, file))).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

        Assert.Equal(Alerts().Select(rule => (string)rule["alert"]).Order(StringComparer.Ordinal), tested);
        Run("promtool", folder, "test", "rules", file);
    }

    [Fact]
    public void Every_alert_says_what_it_means_how_grave_it_is_and_where_its_runbook_stands()
    {
        string runbooks = File.ReadAllText(Path.Combine(Root, "docs/runbooks.md"));
        List<Dictionary<string, object>> alerts = Alerts();
        Assert.Equal(31, alerts.Count);
        foreach (Dictionary<string, object> rule in alerts)
        {
            string name = (string)rule["alert"];
            Dictionary<object, object> annotations = (Dictionary<object, object>)rule["annotations"];
            Assert.Contains((string)((Dictionary<object, object>)rule["labels"])["severity"], (string[])["critical", "warning", "info"]);
            Assert.NotEmpty((string)annotations["summary"]);
            Assert.NotEmpty((string)annotations["description"]);
            Assert.Equal($"docs/runbooks.md#{name.ToLowerInvariant()}", annotations["runbook_url"]);
            Assert.Contains($"\n## {name}\n", runbooks, StringComparison.Ordinal);
        }
    }

    private static string Run(string program, string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Broker.sln"))) { folder = Path.GetDirectoryName(folder)!; }
        return folder;
    }

    [GeneratedRegex(@"^- name: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertName();
}
