using System.Net;
using System.Net.Sockets;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class CommandLineTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_connect_line_is_all_that_is_on_standard_output()
    {
        CommandResult result = await OpenAsync("-i", "127.0.0.1", "-c", "256", "--", "true");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^(\r?\n)*MOSH CONNECT [0-9]+ [A-Za-z0-9+/]{21}[AQgw]\r?\n$", result.Output);
    }

    [Fact]
    public async Task An_unknown_option_is_named_on_standard_error_and_the_session_opens()
    {
        CommandResult result = await OpenAsync("-i", "127.0.0.1", "-Z", "--", "true");
        Assert.Equal(0, result.ExitCode);
        MoshServer.Parse(result);
        Assert.NotEqual("", result.Error);
    }

    [Theory]
    [InlineData("-c", "many")]
    [InlineData("-p", "70000")]
    [InlineData("-p", "600:500")]
    [InlineData("-p", "none")]
    public async Task A_bad_value_ends_open_with_one_and_no_connect_line(string option, string value)
    {
        CommandResult result = await OpenAsync("-i", "127.0.0.1", option, value, "--", "true");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        Assert.NotEqual("", result.Output + result.Error);
    }

    [Fact]
    public async Task A_bad_port_range_is_said_in_the_words_that_the_wrapper_looks_for()
    {
        CommandResult result = await OpenAsync("-p", "600:500", "--", "true");
        Assert.Contains("Bad UDP port", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_UTF_8_locale_open_refuses_and_says_so()
    {
        CommandResult result = await fixture.Server.RunOpenAsync(["-i", "127.0.0.1", "--", "true"], _home.With(("LANG", "C"), ("LC_ALL", "C")));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("UTF-8", result.Output + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_locale_is_taken_when_the_servers_own_is_not_UTF_8()
    {
        string seen = _home.File("seen");
        CommandResult result = await fixture.Server.RunOpenAsync(
            ["-i", "127.0.0.1", "-l", "LC_ALL=C.UTF-8", "--", "/bin/sh", "-c", $"echo $LANG,$LC_ALL, > {seen}"],
            _home.With(("LANG", "C"), ("LC_ALL", "C")));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(MoshServer.Parse(result), _home);
        await terminal.WaitForEndAsync();
        Assert.Equal(",C.UTF-8,\n", await File.ReadAllTextAsync(seen));
    }

    [Fact]
    public async Task A_port_that_is_asked_for_is_given()
    {
        string port = fixture.FreePort();
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["true"], "-i", "127.0.0.1", "-p", port);
        Assert.Equal(port, session.Port.ToString());
    }

    [Fact]
    public async Task When_every_port_is_taken_open_fails_and_names_the_ports()
    {
        string port = fixture.FreePort();
        using var taken = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        taken.Bind(new IPEndPoint(IPAddress.IPv6Any, int.Parse(port)));
        CommandResult result = await OpenAsync("-p", port, "--", "true");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        Assert.NotEqual("", result.Error);
    }

    [Fact]
    public async Task The_server_of_the_ssh_connection_is_the_address_that_s_binds()
    {
        CommandResult result = await fixture.Server.RunOpenAsync(
            ["-s", "--", .. SessionHome.Bash], _home.With(("SSH_CONNECTION", "192.0.2.7 1234 ::ffff:127.0.0.1 22")));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(MoshServer.Parse(result), _home);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo $SSH_CONNECTION\r");
        await terminal.WaitForTextAsync("192.0.2.7 1234 ::ffff:127.0.0.1 22");
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_reported_on_the_terminal()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/no/such/program"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("/no/such/program");
        Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
    }

    private Task<CommandResult> OpenAsync(params IReadOnlyList<string> arguments) =>
        fixture.Server.RunOpenAsync(arguments, _home.Environment);
}
