using System.Diagnostics;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A real sshd on loopback with a host key and one user's key of its own.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly Process _daemon;

    private SshServer(Scratch scratch, Process daemon, int port, UnixAccount user) => (_scratch, _daemon, Port, User) = (scratch, daemon, port, user);

    public int Port { get; }

    public UnixAccount User { get; }

    /// <summary>What stands after --ssh=.</summary>
    public string Words => string.Join(' ', Ssh);

    /// <summary>The ssh client with this server's port and keys, and nothing of the person's own.</summary>
    public IReadOnlyList<string> Ssh =>
    [
        "ssh", "-F", "/dev/null", "-p", $"{Port}", "-i", _scratch.File("user"), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", $"UserKnownHostsFile={_scratch.File("known")}", "-o", "LogLevel=ERROR",
    ];

    public static async Task<SshServer> StartAsync(UnixAccount user)
    {
        Scratch scratch = new();
        File.SetUnixFileMode(scratch.Path, (UnixFileMode)0b111_101_101); // sshd reads the keys' list as the user.
        int port = FreeTcpPorts.One();
        foreach (string key in new[] { "host", "user" })
        {
            CommandResult made = await Command.RunAsync(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch.File(key)]);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        File.Copy(scratch.File("user.pub"), scratch.File("authorized"));
        File.SetUnixFileMode(scratch.File("authorized"), (UnixFileMode)0b110_100_100);
        scratch.Write("known", $"[127.0.0.1]:{port} {await File.ReadAllTextAsync(scratch.File("host.pub"))}");
        scratch.Write("config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {scratch.File("host")}
            AuthorizedKeysFile {scratch.File("authorized")}
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            PrintMotd no
            PrintLastLog no
            """);
        Directory.CreateDirectory("/run/sshd"); // What the package's service would have made.
        Process daemon = Command.Start(["/usr/sbin/sshd", "-D", "-e", "-f", scratch.File("config")], SessionHome.Inherited());
        SshServer server = new(scratch, daemon, port, user);
        await Eventually.TrueAsync(() => FreeTcpPorts.Answers(port), "sshd answers");
        return server;
    }

    /// <summary>Runs a command there, as plain ssh would.</summary>
    public Task<CommandResult> RunAsync(SessionHome home, string command) => Command.RunAsync([.. Ssh, $"{User.Name}@127.0.0.1", command], home.Environment);

    public async ValueTask DisposeAsync()
    {
        if (!_daemon.HasExited) { _daemon.Kill(); }
        await _daemon.WaitForExitAsync();
        _daemon.Dispose();
        _scratch.Dispose();
    }
}
