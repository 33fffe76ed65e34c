using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A stock client's session that policy wants recorded.</summary>
[Collection(InteropGroup.Name)]
public sealed class RecordingTests : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_session_is_recorded_from_its_first_byte_to_its_end_and_the_recording_verifies()
    {
        string policy = _home.Write("policy.yaml", "version: 1\ndrop_in: { recording: { mode: required } }\n");
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--policy", policy);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using (TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home))
        {
            await terminal.WaitForTextAsync("p1>");
            await terminal.TypeAsync("echo $((6 * 7))-recorded\r");
            await terminal.WaitForTextAsync("42-recorded");
            await terminal.TypeAsync("exit\r");
            await terminal.WaitForEndAsync();
        }

        string folder = Path.Combine(broker.DataFolder, "recordings", "drop-in");
        string cast = Assert.Single(Directory.GetFiles(folder, "*.cast"));
        await Eventually.TrueAsync(async () => (await VerifyAsync()).Output.Contains("it is complete", StringComparison.Ordinal), "the recording is closed", TimeSpan.FromSeconds(30));
        List<JsonElement> events = [.. File.ReadLines(cast).Skip(1).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Contains("42-recorded", string.Concat(events.Where(e => e[1].GetString() == "o").Select(e => e[2].GetString())), StringComparison.Ordinal);
        Assert.Contains(events, e => e[1].GetString() == "m" && e[2].GetString()!.StartsWith("client attached from 127.0.0.1:", StringComparison.Ordinal));

        byte[] bytes = await File.ReadAllBytesAsync(cast);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(cast, bytes);
        CommandResult flipped = await VerifyAsync();
        Assert.Equal(1, flipped.ExitCode);
        Assert.Contains("bytes were changed", flipped.Error, StringComparison.Ordinal);

        Task<CommandResult> VerifyAsync() =>
            Command.RunAsync([RunningBroker.Launcher, "recording", "verify", cast, "--data", broker.DataFolder], _home.Environment);
    }

    [Fact]
    public async Task What_happened_stands_in_the_audit_trail_and_the_trail_verifies()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        await broker.CommandAsync("sessions", "close", session.Id);
        await terminal.WaitForEndAsync();

        await Eventually.TrueAsync(async () => (await AskAsync()).Contains("session.end", StringComparison.Ordinal), "the end is written", TimeSpan.FromSeconds(30));
        string[] lines = (await AskAsync()).TrimEnd().Split('\n');
        Assert.Equal(["session.start", "session.attach", "session.close", "session.end"], lines.Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1].Trim()));
        Assert.Contains("moshbroker.reason=operator", lines[^1], StringComparison.Ordinal);
        Assert.Matches(@"^\d+ events, up to number \d+: none was changed, removed, put in or cut off\.\n$", (await broker.CommandAsync("audit", "verify")).Output);

        async Task<string> AskAsync() => (await broker.CommandAsync("audit", "--session", session.Id)).Output;
    }
}
