using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>Stock's clients, whose packets say nothing of their session, behind one port.</summary>
[Collection(InteropGroup.Name)]
public sealed class SharedPortTests(SharedPortFixture fixture) : IClassFixture<SharedPortFixture>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_wrapper_gets_a_shell_and_every_session_the_same_port()
    {
        await using TmuxTerminal terminal = await MoshTerminal.WrapperAsync(fixture.Broker, _home, SessionHome.Bash);
        await terminal.WaitForTextAsync("p1>", Patience);
        await terminal.TypeAsync("echo $((6 * 7))-there\r");
        await terminal.WaitForTextAsync("42-there", Patience);
        OpenedSession[] others = [await OpenAsync(), await OpenAsync()];
        Assert.All(others, session => Assert.Equal(fixture.Port, session.Port));
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync(Patience)).ExitStatus);
    }

    [Fact]
    public async Task A_client_that_quits_ends_its_session_and_no_other()
    {
        OpenedSession quitting = await OpenAsync();
        OpenedSession staying = await OpenAsync();
        await using TmuxTerminal one = await MoshTerminal.ClientAsync(quitting, _home);
        await using TmuxTerminal other = await MoshTerminal.ClientAsync(staying, _home);
        await one.WaitForTextAsync("p1>", Patience);
        await other.WaitForTextAsync("p1>", Patience);
        await one.TypeAsync("\x1e.");
        await one.WaitForEndAsync(Patience);
        await Eventually.TrueAsync(async () => !(await fixture.Broker.LiveAsync()).Contains(quitting.Id), "the session ends", Patience);
        await other.TypeAsync("echo still-$((2 + 2))\r");
        await other.WaitForTextAsync("still-4", Patience);
    }

    [Fact]
    public async Task Two_sessions_from_one_address_and_port_stay_apart()
    {
        OpenedSession[] sessions = [await OpenAsync("mine=one"), await OpenAsync("mine=two")];
        using var source = new WireClient(sessions[0]); // Its own session's datagrams, and those of the other from the same socket.
        for (ulong state = 1; state <= 3; state++)
        {
            byte[] diff = state == 1 ? ProtobufFields.Resize(80, 24) : ProtobufFields.Keys("echo $mine-$((3 + 4))\r");
            source.SendInstruction(state - 1, state, diff);
            source.Send(MoshWire.ClientDatagram(sessions[1].Key, state - 1, new WireInstruction(2, state - 1, state, 0, 0, diff)));
        }

        await Eventually.TrueAsync(
            async () =>
            {
                await source.ReceiveAsync(TimeSpan.FromMilliseconds(50));
                return Shows(sessions[0], "one-7") && Shows(sessions[1], "two-7");
            },
            "each session's echo",
            Patience);
        Assert.False(Shows(sessions[0], "two-7"));
        bool Shows(OpenedSession session, string text) => MoshWire.HostBytes(session.Key, source.Received).Contains(text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_comes_over_IPv6_too()
    {
        OpenedSession session = MoshServer.Parse(await fixture.Broker.RunOpenAsync(["-i", "::1", "-c", "256", "--", .. SessionHome.Bash], _home.Environment));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home, address: IPAddress.IPv6Loopback);
        await terminal.WaitForTextAsync("p1>", Patience);
        await terminal.TypeAsync("echo six-$((3 + 3))\r");
        await terminal.WaitForTextAsync("six-6", Patience);
    }

    [Fact]
    public async Task A_datagram_is_answered_from_the_address_that_it_was_sent_to()
    {
        OpenedSession session = await OpenAsync();
        using var peer = new WireClient(session, IPAddress.Parse("127.0.0.2"));
        peer.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        Assert.Equal(new IPEndPoint(IPAddress.Parse("127.0.0.2"), fixture.Port), await peer.ReceiveAsync(Patience));
    }

    [Fact]
    public async Task Garbage_draws_no_answer_and_disturbs_nobody()
    {
        OpenedSession session = await OpenAsync();
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", Patience);
        using var stranger = new WireClient(session with { Key = "AAAAAAAAAAAAAAAAAAAAAA" });
        for (int i = 0; i < 2000; i++) { stranger.SendInstruction(0, 1, ProtobufFields.Resize(80, 24)); }
        await terminal.TypeAsync("echo $((50 + 5))-calm\r");
        await terminal.WaitForTextAsync("55-calm", Patience);
        Assert.Null(await stranger.ReceiveAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_port_range_that_is_not_the_shared_port_is_refused_in_one_line()
    {
        CommandResult result = await fixture.Broker.RunOpenAsync(["-p", "40000:40010", "--", "true"], _home.Environment);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Bad UDP port", result.Error, StringComparison.Ordinal);
        Assert.Contains($"shared:{fixture.Port}", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Equal(fixture.Port, MoshServer.Parse(await fixture.Broker.RunOpenAsync(["-p", $"{fixture.Port}", "--", "true"], _home.Environment)).Port);
    }

    [Fact]
    public async Task A_shared_port_that_is_taken_is_named_and_the_broker_does_not_start()
    {
        using var scratch = new Scratch();
        CommandResult result = await Command.RunAsync(
            [RunningBroker.Launcher, "serve", "--data", scratch.File("data"), "--socket", scratch.File("s"), "--ports", $"shared:{fixture.Port}",
                "--http", "off", "--metrics", "off"], SessionHome.Inherited());
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"UDP port {fixture.Port} is in use", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(scratch.File("s")));
    }

    private async Task<OpenedSession> OpenAsync(string assignment = "mine=it")
    {
        string[] variable = assignment.Split('=');
        return await fixture.Broker.OpenAsync(_home.With((variable[0], variable[1])), SessionHome.Bash);
    }
}
