using System.Diagnostics;
using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class EndingTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_session_whose_client_was_killed_goes_on()
    {
        string file = _home.File("beat");
        OpenedSession session = await fixture.Server.OpenAsync(
            _home.Environment, ["/bin/bash", "-c", $"trap 'exit 0' TERM; echo $$ > {file}.pid; while :; do date +%s%N > {file}; sleep 0.1; done"]);
        TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await Eventually.TrueAsync(() => File.Exists(file), "the program runs");
        Command.Kill(await terminal.ProcessIdAsync());
        await terminal.WaitForEndAsync();
        await terminal.DisposeAsync();
        string last = await File.ReadAllTextAsync(file);
        await Eventually.TrueAsync(() => File.ReadAllText(file) != last, "the program goes on");

        // A second client with the same key takes the session over: its numbers begin again, so the server's do not suit it, but it is
        // authentic, and the program must not be harmed by it.
        Command.Kill(int.Parse(await File.ReadAllTextAsync(file + ".pid")));
    }

    [Fact]
    public async Task The_network_timeout_of_the_environment_ends_a_session_whose_client_is_silent()
    {
        string gone = _home.File("gone");
        OpenedSession session = await fixture.Server.OpenAsync(
            _home.With(("MOSH_SERVER_NETWORK_TMOUT", "7")), ["/bin/bash", "-c", $"trap 'touch {gone}; exit' HUP; echo re''ady; while :; do read -r -t 1 x; done"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("ready");
        Command.Kill(await terminal.ProcessIdAsync());
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => File.Exists(gone), "the program was hung up", TimeSpan.FromSeconds(60));
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(3), $"ended after {clock.Elapsed} already");
    }

    [Fact]
    public async Task A_client_that_is_there_and_idle_never_meets_the_network_timeout()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.With(("MOSH_SERVER_NETWORK_TMOUT", "4")), SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        // Three heartbeats of the client take nine seconds.
        TimeSpan start = relay.Captured[^1].At;
        await Eventually.TrueAsync(() => relay.Captured.Count(d => d.ToServer && d.At > start + TimeSpan.FromSeconds(1)) >= 3, "heartbeats", TimeSpan.FromSeconds(90));
        await terminal.TypeAsync("echo still-$((2 + 3))\r");
        await terminal.WaitForTextAsync("still-5");
    }

    [Fact]
    public async Task The_end_of_a_session_reaches_a_client_although_the_first_shutdown_datagrams_are_lost()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback), new Impairment { LossToClient = 0.6, Seed = 3 });
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync(TimeSpan.FromSeconds(30))).ExitStatus);
        Assert.Empty(relay.RepeatedNonces);
    }
}
