using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>What will not do is told in one clear line, before anything is started anywhere, and the terminal stays as it is.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectBadStartTests : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Without_a_terminal_it_says_so()
    {
        CommandResult result = await Command.RunAsync([RunningBroker.Launcher, "connect", "nowhere"], _home.Environment);
        Assert.Equal((1, "moshbroker: stdin and stdout must be a terminal\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("LC_ALL", "C", "a UTF-8 locale is needed")]
    [InlineData("LC_ALL", "xx_YY.UTF-8", "one that is not installed")]
    [InlineData("TERM", "no-such-terminal", "not in the system's terminal database")]
    [InlineData("TERM", "../../etc/passwd", "no name of a terminal")]
    [InlineData("TERM", null, "TERM is not set")]
    [InlineData("MOSH_PREDICTION_DISPLAY", "sometimes", "Unknown prediction mode")]
    [InlineData("MOSH_KEY", "AAECAwQFBgcICQoLDA0ODx", "key is none")]
    [InlineData("MOSH_KEY", null, "MOSH_KEY")]
    public async Task A_variable_that_will_not_do_is_named(string name, string? value, string message)
    {
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, ["--direct", "127.0.0.1", "60001"], 120, 24, ("MOSH_KEY", "AAECAwQFBgcICQoLDA0ODw"), (name, value));
        TerminalScreen end = await connect.EndRestoredAsync();
        Assert.True(end.ExitStatus is 1 or 2, end.ToString());
        Assert.True(end.Shows(message), end.ToString());
    }

    [Theory]
    [InlineData("--no-such", "no option")]
    [InlineData("-p 70000 host", "no UDP port")]
    [InlineData("-p 9:3 host", "no UDP port")]
    [InlineData("--family=ipx host", "--family is one of")]
    [InlineData("--experimental-remote-ip=x host", "proxy, local or remote")]
    [InlineData("", "no host is named")]
    [InlineData("-- -oProxyCommand=x", "no name of a host")]
    public async Task A_command_line_that_makes_no_sense_is_told(string words, string message)
    {
        CommandResult result = await Command.RunAsync([RunningBroker.Launcher, "connect", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)], _home.Environment);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("exit 255", "could not connect to host")]
    [InlineData("exit 127", "there is no mosh-server on host")]
    [InlineData("echo hello; exit 3", "exit status 3")]
    [InlineData("echo 'Bad UDP port range'; exit 1", "does not support that UDP port")]
    [InlineData("echo MOSH CONNECT 60001 short", "makes no sense")]
    [InlineData("echo MOSH CONNECT 60001 AAECAwQFBgcICQoLDA0ODw", "address is not known")]
    [InlineData("echo MOSH IP 1.2.3.4; echo MOSH IP 1.2.3.5", "told twice")]
    [InlineData("kill -9 $$", "exit status 137")]
    public async Task An_ssh_that_fails_is_told(string script, string message)
    {
        string ssh = _home.Write("ssh", "#!/bin/sh\n[ \"$1\" = -G ] && exit 0\n" + script + "\n");
        File.SetUnixFileMode(ssh, (UnixFileMode)0b111_101_101);
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, [$"--ssh={ssh}", "host"], 120);
        TerminalScreen end = await connect.EndRestoredAsync();
        Assert.Equal(3, end.ExitStatus);
        Assert.True(end.Shows(message), end.ToString());
    }

    [Fact]
    public async Task No_ssh_at_all_is_told()
    {
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, ["--ssh=/no/such/ssh", "host"], 120);
        TerminalScreen end = await connect.EndRestoredAsync();
        Assert.Equal(3, end.ExitStatus);
        Assert.True(end.Shows("can't start /no/such/ssh"), end.ToString());
    }
}
