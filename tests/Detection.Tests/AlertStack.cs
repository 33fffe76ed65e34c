using System.Diagnostics;
using System.Text.Json;

namespace MoshBroker.Detection.Tests;

/// <summary>Debian's Prometheus and Alertmanager over several brokers, each with the shipped rules for itself.</summary>
internal sealed class AlertStack : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly List<Process> _processes = [];
    private readonly int _alertmanager = FreeTcpPorts.One();
    private readonly int _prometheus = FreeTcpPorts.One();

    /// <param name="targets">Ports of the brokers' metrics, by scenario.</param>
    /// <param name="scale">How much faster than real time the rules' clock runs.</param>
    public static async Task<AlertStack> StartAsync(IReadOnlyDictionary<string, int> targets, double scale)
    {
        AlertStack stack = new();
        try
        {
            foreach (string scenario in targets.Keys) { stack._scratch.Write($"{scenario}.rules.yml", ScaledRules.For(scenario, scale)); }
            string jobs = string.Join('\n', targets.Select(target => $"  - targets: ['127.0.0.1:{target.Value}']\n    labels: {{scenario: '{target.Key}'}}"));
            stack._scratch.Write("prometheus.yml", $"""
                global: {scale switch { > 1 => "{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}", _ => "{scrape_interval: 5s, evaluation_interval: 5s}" }}
                rule_files: ['{stack._scratch.Path}/*.rules.yml']
                alerting: {"{"}alertmanagers: [{"{"}static_configs: [{"{"}targets: ['127.0.0.1:{stack._alertmanager}']{"}"}]{"}"}]{"}"}
                scrape_configs:
                - job_name: moshbroker
                  static_configs:
                {jobs}
                """);
            stack.Run("prometheus-alertmanager", $"--config.file={Repository.Path("grafana", "alertmanager", "alertmanager.yml")}", $"--storage.path={stack._scratch.File("alerts")}",
                $"--web.listen-address=127.0.0.1:{stack._alertmanager}", "--cluster.listen-address=", "--log.level=error");
            stack.Run("prometheus", $"--config.file={stack._scratch.File("prometheus.yml")}", $"--storage.tsdb.path={stack._scratch.File("data")}",
                $"--web.listen-address=127.0.0.1:{stack._prometheus}", "--log.level=error", "--rules.alert.resend-delay=5s");
            await Eventually.TrueAsync(async () => await stack.CountAsync("sum(up)") == targets.Count && await stack.GetAsync(stack._alertmanager, "/-/ready") is not null, "every broker is scraped", TimeSpan.FromSeconds(90), stack.Said);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>All alerts that are raised now, silenced ones too.</summary>
    public async Task<IReadOnlyList<SeenAlert>> AlertsAsync()
    {
        if (await GetAsync(_alertmanager, "/api/v2/alerts") is not { } answer) { return []; }
        using JsonDocument document = JsonDocument.Parse(answer);
        List<SeenAlert> alerts = [];
        foreach (JsonElement alert in document.RootElement.EnumerateArray())
        {
            JsonElement labels = alert.GetProperty("labels");
            alerts.Add(new SeenAlert(
                labels.GetProperty("scenario").GetString()!, labels.GetProperty("alertname").GetString()!["MoshBroker".Length..], labels.GetProperty("severity").GetString()!,
                alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0));
        }

        return alerts;
    }

    /// <summary>The values of an expression's series, by their scenario.</summary>
    public async Task<double?> CountAsync(string expression)
    {
        if (await GetAsync(_prometheus, $"/api/v1/query?query={Uri.EscapeDataString(expression)}") is not { } answer) { return null; }
        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement result = document.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) { process.Kill(); }
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _client.Dispose();
        _scratch.Dispose();
    }

    private void Run(params IReadOnlyList<string> words)
    {
        Process process = Command.Start(["/bin/sh", "-c", $"exec {Command.Quote(words)} >'{_scratch.File(words[0])}.log' 2>&1"], SessionHome.Inherited());
        process.StandardInput.Close();
        _processes.Add(process);
    }

    private string Said() => string.Join('\n', Directory.GetFiles(_scratch.Path, "*.log").Select(File.ReadAllText));

    private async Task<string?> GetAsync(int port, string path)
    {
        Assert.True(_processes.TrueForAll(process => !process.HasExited), Said());
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://127.0.0.1:{port}{path}"));
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
