using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>`moshbroker connect` over a real sshd, to the broker and to stock's mosh-server.</summary>
[Collection(AccountsGroup.Name)]
public sealed class ConnectSshTests(AccountsFixture accounts) : IAsyncLifetime
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
    [InlineData("", false)]
    [InlineData("", true)]
    [InlineData("--experimental-remote-ip=local", false)]
    [InlineData("--experimental-remote-ip=remote", false)]
    [InlineData("--experimental-remote-ip=remote", true)]
    [InlineData("--bind-server=any", true)]
    [InlineData("--bind-server=127.0.0.1 --family=inet", false)]
    [InlineData("--no-ssh-pty", true)]
    [InlineData("--no-init --predict=always -o -4", false)]
    [InlineData("-o ServerAliveInterval=10 -C", false)]
    [InlineData("-p {port}", false)]
    public async Task Every_way_leads_to_a_session_of_the_windows_size(string options, bool stock)
    {
        options = options.Replace("{port}", accounts.Broker.Ports.Split(':')[1], StringComparison.Ordinal);
        await using ConnectTerminal connect = await ConnectAsync(options, stock, 101, 33, "/bin/sh", "-c", "stty size; id -un; read x");
        await connect.Terminal.WaitForAsync(s => s.HasRow("33 101") && s.HasRow(accounts.Ann.Name), "the size and the user");
        await connect.Terminal.TypeAsync("\r");
        TerminalScreen end = await connect.Terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.True(end.Shows("[moshbroker connect is exiting.]"));
    }

    [Fact]
    public async Task Words_travel_unchanged()
    {
        await using ConnectTerminal connect = await ConnectAsync(
            "", stock: true, 80, 24, "/bin/sh", "-c", "printf '<%s>\\n' \"$@\"; read x", "sh", "it's", "$HOME *", "a  b", "\"q\"", "é中", "-l");
        await connect.Terminal.WaitForAsync(
            s => s.HasRow("<it's>") && s.HasRow("<$HOME *>") && s.HasRow("<a  b>") && s.HasRow("<\"q\">") && s.HasRow("<é中>") && s.HasRow("<-l>"), "every word as it was");
    }

    [Fact]
    public async Task A_jump_host_of_the_persons_own_configuration_is_gone_through()
    {
        // The jump is the same sshd: what counts is that ssh's own proxy is left alone, and the far end tells its address.
        string jump = $"ProxyCommand={string.Join(' ', _ssh.Ssh)} -W %h:%p {accounts.Ann.Name}@127.0.0.1";
        IReadOnlyList<string> words = [$"--ssh={_ssh.Words}", "-o", jump, $"{accounts.Ann.Name}@127.0.0.1", "--", "/bin/sh", "-c", "echo th''ere; read x"];
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(accounts.Launcher, _home, words);
        await connect.Terminal.WaitForTextAsync("there");
    }

    [Fact]
    public async Task What_ssh_and_the_servers_login_say_reaches_the_person()
    {
        IReadOnlyList<string> words =
            [$"--ssh={_ssh.Words}", "--server=echo some noise; printf 'half a line\\n'; mosh-server", $"{accounts.Ann.Name}@127.0.0.1", "--", "/bin/sh", "-c", "echo th''ere; read x"];
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(accounts.Launcher, _home, words);
        await connect.Terminal.WaitForTextAsync("there");
        await connect.Terminal.TypeAsync("\r");
        TerminalScreen end = await connect.Terminal.WaitForEndAsync();
        Assert.True(end.Shows("some noise") && end.Shows("half a line"), end.ToString());
        Assert.Equal(0, end.ExitStatus);
    }

    [Fact]
    public async Task A_port_where_no_ssh_is_is_told()
    {
        IReadOnlyList<string> words = ["--ssh=ssh -F /dev/null -p 1 -o BatchMode=yes", $"{accounts.Ann.Name}@127.0.0.1"];
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(accounts.Launcher, _home, words, 120);
        TerminalScreen end = await connect.EndRestoredAsync();
        Assert.Equal(3, end.ExitStatus);
        Assert.True(end.Shows("127.0.0.1 port 1: Connection refused") && end.Shows("could not connect"), end.ToString());
    }

    private Task<ConnectTerminal> ConnectAsync(string options, bool stock, int columns, int rows, params IReadOnlyList<string> program)
    {
        string server = stock ? "mosh-server" : $"{accounts.Launcher} open --broker {accounts.Broker.Socket}";
        IReadOnlyList<string> words =
            [$"--ssh={_ssh.Words}", $"--server={server}", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"{accounts.Ann.Name}@127.0.0.1", "--", .. program];
        return ConnectTerminal.StartAsync(accounts.Launcher, _home, words, columns, rows);
    }
}
