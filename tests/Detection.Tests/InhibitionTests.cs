using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace MoshBroker.Detection.Tests;

/// <summary>Debian's Alertmanager with the shipped example: which alert silences which.</summary>
public sealed class InhibitionTests : IAsyncLifetime
{
    private readonly int _port = FreeTcpPorts.One();
    private readonly DirectoryInfo _storage = Directory.CreateTempSubdirectory();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Process _alertmanager = null!;
    private int _raised;

    public async Task InitializeAsync()
    {
        string file = Repository.Path("grafana", "alertmanager", "alertmanager.yml");
        ProcessStartInfo start = new("prometheus-alertmanager") { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string word in (string[])[$"--config.file={file}", $"--storage.path={_storage.FullName}", $"--web.listen-address=127.0.0.1:{_port}", "--cluster.listen-address=", "--log.level=error"])
        {
            start.ArgumentList.Add(word);
        }

        _alertmanager = Process.Start(start)!;
        await Eventually.TrueAsync(IsReadyAsync, "Alertmanager answers", TimeSpan.FromSeconds(60));
    }

    public async Task DisposeAsync()
    {
        _alertmanager.Kill();
        await _alertmanager.WaitForExitAsync();
        _alertmanager.Dispose();
        _client.Dispose();
        _storage.Delete(recursive: true);
    }

    [Fact]
    public async Task What_explains_an_alert_silences_it_on_its_own_host_only()
    {
        await RaiseAsync(
            ("Down", "a"), ("HostUdpBufferErrors", "a"), ("HostUdpBufferErrors", "b"),
            ("DrainStuck", "c"), ("ActorMailboxBacklog", "c"), ("NodeLeaseLow", "a"), ("NodeLeaseLow", "d"),
            ("SourceChurn", "d"), ("AuthFailureBurst", "d"), ("AuthFailureBurst", "b"));

        await SilencedAreAsync("ActorMailboxBacklog c, AuthFailureBurst d, HostUdpBufferErrors a, NodeLeaseLow a");
    }

    [Fact]
    public async Task A_mass_detach_silences_lost_datagrams_everywhere()
    {
        await RaiseAsync(("UplinkLossHigh", "a"), ("EchoSloBurn", "a"));
        await SilencedAreAsync("");
        await RaiseAsync(("MassDetach", "b"));
        await SilencedAreAsync("UplinkLossHigh a");
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_alertmanager.HasExited, "Alertmanager has ended");
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri($"http://127.0.0.1:{_port}/-/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task RaiseAsync(params (string Name, string Instance)[] alerts)
    {
        using HttpResponseMessage response = await _client.PostAsJsonAsync(
            new Uri($"http://127.0.0.1:{_port}/api/v2/alerts"),
            alerts.Select(alert => new { labels = new { alertname = "MoshBroker" + alert.Name, instance = alert.Instance, severity = "warning" } }));
        response.EnsureSuccessStatusCode();
        _raised += alerts.Length;
    }

    private async Task SilencedAreAsync(string expected)
    {
        string? seen = null;
        await Eventually.TrueAsync(async () => (seen = await SilencedAsync()) == expected, $"silenced are '{expected}'", TimeSpan.FromSeconds(60), () => seen ?? "not all are there");
    }

    /// <summary>Names and hosts of the alerts that another one explains; null until all that were raised are known.</summary>
    private async Task<string?> SilencedAsync()
    {
        using JsonDocument document = JsonDocument.Parse(await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/api/v2/alerts")));
        if (document.RootElement.GetArrayLength() < _raised) { return null; }
        return string.Join(", ", document.RootElement.EnumerateArray()
            .Where(alert => alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0)
            .Select(alert => alert.GetProperty("labels"))
            .Select(labels => labels.GetProperty("alertname").GetString()!["MoshBroker".Length..] + " " + labels.GetProperty("instance").GetString())
            .Order(StringComparer.Ordinal));
    }
}
