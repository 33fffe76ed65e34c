using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>The stock wrapper over a real sshd, as a person uses it: `mosh --server="moshbroker open" you@jump`.</summary>
[Collection(AccountsGroup.Name)]
public sealed class SshTests(AccountsFixture accounts) : IAsyncLifetime
{
    private readonly SessionHome _home = new();
    private SshServer _ssh = null!;

    public async Task InitializeAsync() => _ssh = await SshServer.StartAsync(accounts.Ann);

    public async Task DisposeAsync()
    {
        await _ssh.DisposeAsync();
        _home.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("--experimental-remote-ip=local")]
    [InlineData("--experimental-remote-ip=remote")]
    [InlineData("--bind-server=any")]
    [InlineData("--bind-server=127.0.0.1")]
    [InlineData("--bind-server=ssh --family=inet")]
    [InlineData("--no-ssh-pty")]
    [InlineData("--no-init --predict=always -o -4")]
    [InlineData("-p {port}")]
    [InlineData("-p {range}")]
    public async Task Every_way_of_the_wrapper_leads_to_a_session_of_the_clients_size(string options)
    {
        string range = accounts.Broker.Ports;
        options = options.Replace("{port}", range.Split(':')[1], StringComparison.Ordinal).Replace("{range}", range, StringComparison.Ordinal);
        await using TmuxTerminal terminal = await MoshAsync(options, 101, 33, "/bin/sh", "-c", "stty size; id -un; read x");
        await terminal.WaitForAsync(s => s.HasRow("33 101") && s.HasRow(accounts.Ann.Name), "the size and the user");
        await terminal.TypeAsync("\r");
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stty size")]
    [InlineData("true")]
    public async Task A_short_program_ends_cleanly(string program)
    {
        await using TmuxTerminal terminal = await MoshAsync("", 80, 24, program.Split(' '));
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_travel_unchanged()
    {
        await using TmuxTerminal terminal = await MoshAsync("", 80, 24, "/bin/sh", "-c", "printf '<%s>\\n' \"$@\"; read x", "sh", "it's", "$HOME *", "a  b", "\"q\"", "é中");
        await terminal.WaitForAsync(s => s.HasRow("<it's>") && s.HasRow("<$HOME *>") && s.HasRow("<a  b>") && s.HasRow("<\"q\">") && s.HasRow("<é中>"), "every word as it was");
    }

    [Fact]
    public async Task The_program_has_the_limits_signals_and_variables_that_a_plain_ssh_command_has()
    {
        const string Facts = "ulimit -Sn; ulimit -Hn; ulimit -Su; grep -E '^Sig(Ign|Blk)' /proc/self/status; umask; pwd; echo $HOME $SHELL $USER $LOGNAME";
        CommandResult plain = await _ssh.RunAsync(_home, $"bash -c \"{Facts.Replace("$", "\\$", StringComparison.Ordinal)}\"");
        Assert.True(plain.ExitCode == 0, plain.Error);
        string file = accounts.Ann.Home.File("facts");
        await using TmuxTerminal terminal = await MoshAsync("", 80, 24, "/bin/bash", "-c", $"{{ {Facts}; }} > {file}");
        await terminal.WaitForEndAsync();
        Assert.Equal(plain.Output, await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_refusal_is_shown_to_the_person()
    {
        await using TmuxTerminal terminal = await MoshAsync("-p 1024:1030", 120, 24, "true");
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.NotEqual(0, end.ExitStatus);
        Assert.Contains("Bad UDP port", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_login_shell_is_the_accounts()
    {
        await using TmuxTerminal terminal = await MoshAsync("", 80, 24);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo $0:$PWD:\r");
        await terminal.WaitForTextAsync($"-bash:{accounts.Ann.Home.Path}:");
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
    }

    private Task<TmuxTerminal> MoshAsync(string options, int columns, int rows, params IReadOnlyList<string> program)
    {
        IReadOnlyList<string> words =
        [
            "mosh", $"--ssh={_ssh.Words}", $"--server={accounts.Launcher} open --broker {accounts.Broker.Socket}",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"{accounts.Ann.Name}@127.0.0.1",
        ];
        return TmuxTerminal.StartAsync(program.Count > 0 ? [.. words, "--", .. program] : words, _home.Environment, columns, rows);
    }
}
