using System.Diagnostics;
using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>Where UDP is blocked, `connect` finds out by itself and goes through ssh; and comes back.</summary>
[Collection(AccountsGroup.Name)]
public sealed class ConnectThroughSshTests(AccountsFixture accounts) : IAsyncLifetime
{
    private readonly SessionHome _home = new();
    private SshServer _ssh = null!;
    private RunningBroker _broker = null!;
    private BlockedUdp? _blocked;

    public async Task InitializeAsync()
    {
        _ssh = await SshServer.StartAsync(accounts.Ann);
        _broker = await RunningBroker.StartAsAsync(accounts.Keeper, accounts.Launcher);
    }

    public async Task DisposeAsync()
    {
        if (_blocked is not null) { await _blocked.DisposeAsync(); }
        await _broker.DisposeAsync();
        await _ssh.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Blocked_UDP_is_found_out_and_keys_are_predicted_on_top_and_UDP_is_taken_back_when_it_answers()
    {
        string stats = _home.Write("stats", "");
        await using ConnectTerminal connect = await StartBlockedAsync(stats, "--predict=always");

        // Predictions: a key is on the screen before the broker has answered it; the figures say how many were.
        await connect.Terminal.TypeAsync("echo thr''ough ssh\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("through ssh"), "the program's answer");
        await Eventually.TrueAsync(
            async () =>
            {
                await connect.Terminal.TypeAsync("x");
                return Last(stats).GetProperty("predicted").GetInt64() > 0;
            },
            "keys are echoed ahead",
            seen: () => Last(stats).ToString());
        await connect.Terminal.TypeAsync("\x15");
        Assert.True(Last(stats).GetProperty("through_ssh").GetBoolean());

        // What the broker knows of the client is where its ssh comes from.
        string peer = (await SessionAsync()).GetProperty("channels")[0].GetProperty("peer").GetString()!;
        Assert.StartsWith("127.0.0.1:", peer, StringComparison.Ordinal);

        await _blocked!.DisposeAsync();
        await Eventually.TrueAsync(() => !Last(stats).GetProperty("through_ssh").GetBoolean(), "UDP is back", TimeSpan.FromSeconds(90));
        await connect.Terminal.TypeAsync("echo ba''ck\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("back"), "the answer by UDP");
        await connect.Terminal.TypeAsync("exit\r");
        TerminalScreen end = await connect.EndRestoredAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, end.ExitStatus);
    }

    [Fact]
    public async Task The_session_ends_through_ssh_as_it_began_and_ssh_with_it()
    {
        string stats = _home.Write("stats", "");
        await using ConnectTerminal connect = await StartBlockedAsync(stats);
        int client = await connect.Terminal.ProcessIdAsync();
        await connect.Terminal.TypeAsync("exit\r");
        TerminalScreen end = await connect.EndRestoredAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, end.ExitStatus);
        await Eventually.TrueAsync(async () => (await _broker.LiveAsync()).Count == 0, "the session is over");
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{client}"), "the client is gone");
        await Eventually.TrueAsync(async () => (await Command.RunAsync(["/usr/bin/pgrep", "-u", accounts.Ann.Name, "-f", "stream [0-9a-f]{32} 1"])).ExitCode == 1, "and the broker's end of ssh");
        await _blocked!.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_want_it_waits_for_UDP_as_stock_does()
    {
        string stats = _home.Write("stats", "");
        _blocked = await BlockedUdp.StartAsync(_broker.Ports);
        await using ConnectTerminal connect = await ConnectAsync(stats, "--extensions=screen,health");
        await connect.Terminal.WaitForTextAsync("Nothing received from server on UDP port");
        await Eventually.TrueAsync(async () => await _blocked.DroppedAsync() >= 3, "it goes on trying by UDP", TimeSpan.FromSeconds(30));
        Assert.False(Last(stats).GetProperty("through_ssh").GetBoolean());
        await _blocked.DisposeAsync();
        await connect.Terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_stream_is_for_its_own_user_and_for_who_knows_the_channels_name()
    {
        string made_up = new('0', 32);
        IReadOnlyList<string> open = [accounts.Launcher, "open", "--broker", _broker.Socket];
        CommandResult none = await accounts.Ann.RunAsync([.. open, "stream", made_up, "1"]);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("there is no such session of yours here", none.Error, StringComparison.Ordinal);

        OpenedSession session = MoshServer.Parse(await accounts.Ann.RunAsync([.. open, "new", "-i", "127.0.0.1"]));
        Assert.True(Protocol.Crypto.SessionKey.TryParse(session.Key, out Protocol.Crypto.SessionKey? key));
        string name = Protocol.Crypto.ChannelName.Print(Protocol.Crypto.ChannelName.Of(key));
        CommandResult other = await accounts.Bob.RunAsync([.. open, "stream", name, "1"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("there is no such session of yours here", other.Error, StringComparison.Ordinal);

        // His own is accepted, and ends with the end of what is sent.
        CommandResult own = await accounts.Ann.RunAsync(["/bin/sh", "-c", $"exec {Command.Quote([.. open, "stream", name, "1"])} < /dev/null"]);
        Assert.Contains("MOSHBROKER STREAM\n", own.Output, StringComparison.Ordinal);
        Assert.Equal(0, own.ExitCode);
    }

    private static JsonElement Last(string stats)
    {
        string line = File.ReadLines(stats).LastOrDefault(line => line.EndsWith('}'), "{\"through_ssh\":false,\"predicted\":0}");
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    /// <summary>A session behind blocked ports, once its prompt has come.</summary>
    private async Task<ConnectTerminal> StartBlockedAsync(string stats, params IReadOnlyList<string> options)
    {
        _blocked = await BlockedUdp.StartAsync(_broker.Ports);
        ConnectTerminal connect = await ConnectAsync(stats, options);
        await connect.Terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => Last(stats).GetProperty("through_ssh").GetBoolean(), "the figures tell the way");
        await Eventually.TrueAsync(async () => await _blocked.DroppedAsync() > 0, "the firewall drops datagrams");

        // From the first line of figures, written as the session begins, to the first that came through ssh. The goal is 3 s; this machine may be busy.
        double began = File.ReadLines(stats).Select(line => JsonDocument.Parse(line).RootElement).First(line => line.GetProperty("through_ssh").GetBoolean()).GetProperty("t").GetDouble();
        Assert.InRange(began, 1, 30);
        return connect;
    }

    private async Task<JsonElement> SessionAsync()
    {
        CommandResult result = await accounts.Ann.RunAsync([accounts.Launcher, "sessions", "list", "--json", "--broker", _broker.Socket]);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement[0].Clone();
    }

    private Task<ConnectTerminal> ConnectAsync(string stats, params IReadOnlyList<string> options)
    {
        IReadOnlyList<string> words =
        [
            $"--ssh={_ssh.Words}", $"--server={accounts.Launcher} open --broker {_broker.Socket}", $"--stats={stats}", .. options, $"{accounts.Ann.Name}@127.0.0.1",
            "--", "/usr/bin/env", "PS1=p1> ", .. SessionHome.Bash,
        ];
        return ConnectTerminal.StartAsync(accounts.Launcher, _home, words);
    }
}
