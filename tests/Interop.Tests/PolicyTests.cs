using System.Diagnostics;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A policy that changes on disk under the stock client's live session.</summary>
[Collection(InteropGroup.Name)]
public sealed class PolicyTests : IDisposable
{
    private readonly SessionHome _home = new();

    private string Policy => _home.File("policy.yaml");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Networks_hold_for_a_live_session_and_a_session_without_its_right_ends_within_five_seconds()
    {
        Write("drop_in: { networks: [127.0.0.0/8] }");
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--policy", Policy);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");

        Write("drop_in: { networks: [10.0.0.0/8] }");
        await Eventually.TrueAsync(async () => await DroppedAsync(broker, session) > 0, "datagrams from outside the networks are dropped");
        await terminal.TypeAsync("echo back-$((40+2))\n");

        Write("drop_in: { networks: [127.0.0.0/8] }");
        await terminal.WaitForTextAsync("back-42", TimeSpan.FromSeconds(60));

        Write("drop_in: { allow: false }");
        Stopwatch since = Stopwatch.StartNew();
        await terminal.WaitForEndAsync(TimeSpan.FromSeconds(60));
        Assert.InRange(since.Elapsed.TotalSeconds, 0, 20);
        Assert.Empty(await broker.LiveAsync());
    }

    [Fact]
    public async Task A_broker_with_a_broken_policy_on_disk_lives_and_is_not_ready_until_it_is_mended()
    {
        Write("drop_in: { sessions_per_user: 1 }");
        int port = FreeTcpPorts.One();
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--policy", Policy, "--metrics", $"127.0.0.1:{port}");
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        (int, string) seen = default;
        async Task<bool> IsAsync(int status, string start)
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            seen = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
            return seen.Item1 == status && seen.Item2.StartsWith(start, StringComparison.Ordinal);
        }

        await Eventually.TrueAsync(() => IsAsync(200, "ready\n"), "it is ready", TimeSpan.FromSeconds(30), () => seen.ToString());
        Write("drop_in: { sesions_per_user: 9 }");
        await Eventually.TrueAsync(() => IsAsync(503, "not ready: policy invalid: policy.yaml line 2"), "it is not ready", TimeSpan.FromSeconds(30), () => seen.ToString());
        Assert.Equal("alive\n", await client.GetStringAsync(new Uri("/livez", UriKind.Relative)));
        Write("drop_in: { sessions_per_user: 2 }");
        await Eventually.TrueAsync(() => IsAsync(200, "ready\n"), "it is ready again", TimeSpan.FromSeconds(30), () => seen.ToString());
    }

    [Fact]
    public async Task A_broken_policy_on_disk_changes_nothing_and_a_broker_does_not_start_with_it()
    {
        Write("drop_in: { sessions_per_user: 1 }");
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--policy", Policy);
        Write("drop_in: { sesions_per_user: 9 }");
        await Eventually.TrueAsync(() => broker.Log.Contains("refused as a whole", StringComparison.Ordinal), "the refusal is in the log");

        await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        CommandResult second = await broker.RunOpenAsync(["-i", "127.0.0.1", "--", "true"], _home.Environment);
        Assert.Equal((1, ""), (second.ExitCode, second.Output));
        Assert.Contains("you have 1 session, as many as you may: end one first", second.Error, StringComparison.Ordinal);

        CommandResult check = await broker.CommandAsync("policy", "check", Policy);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("policy.yaml line 2, column 12: drop_in.sesions_per_user: unknown key: did you mean 'sessions_per_user'?", check.Error, StringComparison.Ordinal);
        File.WriteAllText(_home.File("next.yaml"), "version: 1\ndrop_in: { sessions_per_user: 2 }\n");
        check = await broker.CommandAsync("policy", "check", _home.File("next.yaml"));
        Assert.Contains("~ drop_in: sessions_per_user", check.Output, StringComparison.Ordinal);

        Write("drop_in: 7");
        CommandResult start = await Command.RunAsync([RunningBroker.Launcher, "serve", "--data", _home.File("other"), "--socket", _home.File("other.sock"), "--http", "off", "--metrics", "off", "--policy", Policy], _home.Environment);
        Assert.Equal(2, start.ExitCode);
        Assert.StartsWith("moshbroker: --policy policy.yaml line 2, column 10: drop_in: '7' stands here", start.Error, StringComparison.Ordinal);
    }

    private static async Task<long> DroppedAsync(RunningBroker broker, OpenedSession session) =>
        (await broker.ShowAsync(session)).GetProperty("channels")[0].GetProperty("drops").TryGetProperty("network", out System.Text.Json.JsonElement count) ? count.GetInt64() : 0;

    private void Write(string text)
    {
        // As editors do: a new file in the place of the old one.
        File.WriteAllText(Policy + "~", $"version: 1\n{text}\n");
        File.Move(Policy + "~", Policy, overwrite: true);
    }
}
