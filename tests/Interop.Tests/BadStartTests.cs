using System.Net;
using System.Net.Sockets;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>`serve` with something wrong: one line that names the thing and the cure, and nothing half-started.</summary>
[Collection(InteropGroup.Name)]
public sealed class BadStartTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Socket => _scratch.File("broker.sock");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("--ports 70000", "70000")]
    [InlineData("--ports 500:400", "500:400")]
    [InlineData("--config /nowhere/broker.yaml", "/nowhere/broker.yaml")]
    [InlineData("--config {file:prots: 1:2}", "prots")]
    [InlineData("--config {file:ports: [1}", "line")]
    [InlineData("--config /", "/")]
    [InlineData("--listen-host here", "here")]
    [InlineData("--listen-host 192.0.2.77", "192.0.2.77")]
    [InlineData("--http 127.0.0.1", "127.0.0.1")]
    [InlineData("--data {file:}/data", "data")]
    [InlineData("--socket {file:precious}", "no socket")]
    [InlineData("--socket /nowhere/at/all/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", "--socket")]
    [InlineData("--store sqlite:{file:this is no database, but long enough to look like one to somebody who reads a header}", "--store")]
    [InlineData("--capacity 0", "--capacity")]
    [InlineData("--no-such-flag", "--no-such-flag")]
    public async Task A_setting_that_cannot_be_is_named_in_one_line_and_nothing_is_left_running(string flags, string named)
    {
        string file = "";
        int at = flags.IndexOf("{file:", StringComparison.Ordinal);
        if (at >= 0)
        {
            int end = flags.IndexOf('}', at);
            file = _scratch.Write("file", flags[(at + 6)..end] + "\n");
            flags = flags[..at] + file + flags[(end + 1)..];
        }

        string before = file.Length > 0 ? await File.ReadAllTextAsync(file) : "";
        CommandResult result = await ServeAsync(flags.Split(' '));
        AssertRefused(result, named);
        if (file.Length > 0) { Assert.Equal(before, await File.ReadAllTextAsync(file)); }
    }

    [Theory]
    [InlineData("--http")]
    [InlineData("--metrics")]
    public async Task An_address_in_use_is_named(string flag)
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        string address = taken.LocalEndpoint.ToString()!;
        AssertRefused(await ServeAsync(flag, address), address);
    }

    [Fact]
    public async Task A_host_key_that_cannot_be_read_is_named_when_the_front_door_is_built()
    {
        string policy = _scratch.Write("policy.yaml", "version: 1\n");
        CommandResult result = await ServeAsync("--ssh", "127.0.0.1:0", "--policy", policy, "--ssh-host-key", "/nowhere/key");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("--ssh-host-key /nowhere/key cannot be used", Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(Socket), "a control socket was left behind");
    }

    [Fact]
    public async Task A_second_broker_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using RunningBroker first = await RunningBroker.StartAsync();
        AssertRefused(await ServeAsync("--data", first.DataFolder), first.DataFolder);
        AssertRefused(await ServeAsync("--socket", first.Socket), first.Socket);
        Assert.Empty(await first.LiveAsync());
    }

    private void AssertRefused(CommandResult result, string named)
    {
        Assert.True(result.ExitCode != 0, result.Output + result.Error);
        string line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
        Assert.False(File.Exists(Socket), "a control socket was left behind");
    }

    private Task<CommandResult> ServeAsync(params IReadOnlyList<string> flags)
    {
        List<string> words = [RunningBroker.Launcher, "serve", .. flags];
        Default("--data", _scratch.File("data"));
        Default("--socket", Socket);
        Default("--ports", FreePorts.Range(20));
        Default("--http", "off");
        Default("--metrics", "off");
        return Command.RunAsync(words, SessionHome.Inherited());

        void Default(string flag, string value)
        {
            if (!words.Contains(flag, StringComparer.Ordinal)) { words.AddRange([flag, value]); }
        }
    }
}
