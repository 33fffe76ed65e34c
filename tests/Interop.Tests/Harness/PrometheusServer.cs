using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Debian's Prometheus, scraping one address every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Process _process;

    private PrometheusServer(int scraped, IReadOnlyList<string> paths, string? rules)
    {
        int port = FreeTcpPorts.One();
        string jobs = string.Join('\n', paths.Select((path, number) =>
            $"- job_name: moshbroker{(number == 0 ? "" : number)}\n  metrics_path: {path}\n  static_configs: [{{targets: ['127.0.0.1:{scraped}']}}]"));
        _scratch.Write(
            "prometheus.yml",
            $"global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n{(rules is null ? "" : $"rule_files: ['{rules}']\n")}scrape_configs:\n{jobs}\n");
        _process = Command.Start(
            ["prometheus", $"--config.file={_scratch.File("prometheus.yml")}", $"--storage.tsdb.path={_scratch.File("data")}",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=error", "--enable-feature=exemplar-storage"],
            SessionHome.Inherited());
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Starts it and waits until it has scraped each path once.</summary>
    public static Task<PrometheusServer> StartAsync(int scraped, params IReadOnlyList<string> paths) => StartAsync(scraped, rules: null, paths);

    /// <param name="rules">A file of rules to evaluate every second.</param>
    public static async Task<PrometheusServer> StartAsync(int scraped, string? rules, IReadOnlyList<string> paths)
    {
        PrometheusServer server = new(scraped, paths, rules);
        try
        {
            await Eventually.TrueAsync(
                async () => await server.QueryAsync("sum(up)") == paths.Count, "every path was scraped", TimeSpan.FromSeconds(60), () => server.TargetsAsync().GetAwaiter().GetResult());
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression that gives one; null when it gives none, or the server does not answer yet.</summary>
    public async Task<double?> QueryAsync(string expression)
    {
        string? answer = await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}");
        if (answer is null) { return null; }
        using JsonDocument document = JsonDocument.Parse(answer);
        JsonElement result = document.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>What an expression gives, series by series; or what Prometheus says against it.</summary>
    public async Task<(IReadOnlyList<double> Values, string? Error)> AskAsync(string expression)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(expression)}", UriKind.Relative));
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (!response.IsSuccessStatusCode) { return ([], document.RootElement.GetProperty("error").GetString()); }
        JsonElement result = document.RootElement.GetProperty("data").GetProperty("result");
        return ([.. result.EnumerateArray().Select(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))], null);
    }

    /// <summary>The rules it has, by name, with their expressions as it read them.</summary>
    public async Task<IReadOnlyList<(string Name, string Expression)>> RulesAsync()
    {
        string answer = await GetAsync("/api/v1/rules") ?? throw new InvalidOperationException("prometheus does not answer");
        using JsonDocument document = JsonDocument.Parse(answer);
        return [.. document.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray()
            .SelectMany(group => group.GetProperty("rules").EnumerateArray())
            .Select(rule => (rule.GetProperty("name").GetString()!, rule.GetProperty("query").GetString()!))];
    }

    /// <summary>The exemplars of a series in the last minutes, as JSON.</summary>
    public async Task<string> ExemplarsAsync(string series)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return await GetAsync($"/api/v1/query_exemplars?query={Uri.EscapeDataString(series)}&start={now - 600}&end={now + 60}") ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) { _process.Kill(); }
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _scratch.Dispose();
    }

    private async Task<string> TargetsAsync() => await GetAsync("/api/v1/targets") ?? "prometheus does not answer";

    private async Task<string?> GetAsync(string path)
    {
        Assert.False(_process.HasExited, "prometheus ended");
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri(path, UriKind.Relative));
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
