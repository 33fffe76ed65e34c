using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Asks a broker's API for all sessions, again and again, and keeps what it says of each.</summary>
internal sealed class VerdictReader : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, JsonElement> _sessions = new(StringComparer.Ordinal);
    private readonly Task _reading;

    public VerdictReader(int port, string token)
    {
        _http.BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _reading = ReadAsync();
    }

    public string VerdictOf(string id) => Text(id, "verdict", "cause") ?? "unknown";

    public string LineOf(string id) => Text(id, "verdict", "line") ?? "";

    public int PidOf(string id) => _sessions[id].GetProperty("pid").GetInt32();

    /// <summary>What the API tells of the session's last hour.</summary>
    public async Task<string> TimelineOfAsync(string id)
    {
        using JsonDocument session = JsonDocument.Parse(await _http.GetStringAsync($"sessions/{id}"));
        return string.Join('\n', session.RootElement.GetProperty("timeline").EnumerateArray()
            .Select(happened => $"{happened.GetProperty("at").GetDateTimeOffset():HH:mm:ss} {happened.GetProperty("line").GetString()}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reading;
        _http.Dispose();
        _stopping.Dispose();
    }

    private string? Text(string id, string part, string name) =>
        _sessions.TryGetValue(id, out JsonElement session) && session.GetProperty(part) is { ValueKind: JsonValueKind.Object } verdict ? verdict.GetProperty(name).GetString() : null;

    private async Task ReadAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                using JsonDocument all = JsonDocument.Parse(await _http.GetStringAsync("sessions", _stopping.Token));
                foreach (JsonElement session in all.RootElement.EnumerateArray()) { _sessions[session.GetProperty("id").GetString()!] = session.Clone(); }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
