using System.Diagnostics;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>A real sshd that plays the target hosts.</summary>
internal sealed class TargetHost : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _authorizedKey;
    private Process? _daemon;

    private TargetHost(string authorizedKey, int port) => (_authorizedKey, Port) = (authorizedKey, port);

    public int Port { get; }

    public TestKey HostKey { get; private set; } = null!;

    /// <summary>Whose certificates it believes, for the account that they name.</summary>
    public TestKey Authority { get; private set; } = null!;

    public static async Task<TargetHost> StartAsync(TestKey identity)
    {
        TargetHost host = new(identity.Line, FreeTcpPorts.One());
        File.SetUnixFileMode(host._scratch.Path, (UnixFileMode)0b111_101_101); // sshd reads the keys' list as the user.
        host.HostKey = await TestKey.MakeAsync(host._scratch, "host");
        host.Authority = await TestKey.MakeAsync(host._scratch, "authority");
        host._scratch.Write("authorized", host._authorizedKey + "\n");
        File.SetUnixFileMode(host._scratch.File("authorized"), (UnixFileMode)0b110_100_100);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        _scratch.Write("config", $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {HostKey.Path}
            AuthorizedKeysFile {_scratch.File("authorized")}
            TrustedUserCAKeys {Authority.Path}.pub
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            PrintMotd no
            PrintLastLog no
            MaxStartups 100
            """);
        Directory.CreateDirectory("/run/sshd"); // What the package's service would have made.
        _daemon = Command.Start(["/usr/sbin/sshd", "-D", "-e", "-f", _scratch.File("config")], SessionHome.Inherited());
        await Eventually.TrueAsync(() => FreeTcpPorts.Answers(Port), "the target's sshd answers");
    }

    /// <summary>It dies with all its connections, as when a host loses power; a tmux that has left it lives on.</summary>
    public async Task KillAsync()
    {
        foreach (int process in await ProcessesAsync()) { Command.Kill(process); }
        await _daemon!.WaitForExitAsync();
        _daemon.Dispose();
        _daemon = null;
    }

    /// <summary>It does nothing any more, as a host whose disk is gone; its connections stay.</summary>
    public async Task SuspendAsync()
    {
        foreach (int process in await ProcessesAsync()) { await Command.SignalAsync(process, "STOP"); }
    }

    public async Task ResumeAsync()
    {
        foreach (int process in await ProcessesAsync()) { await Command.SignalAsync(process, "CONT"); }
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null) { await KillAsync(); }
        _scratch.Dispose();
    }

    /// <summary>sshd and everything that it started.</summary>
    private async Task<IReadOnlyList<int>> ProcessesAsync()
    {
        List<int> processes = [_daemon!.Id];
        for (int i = 0; i < processes.Count; i++)
        {
            string children = $"/proc/{processes[i]}/task/{processes[i]}/children";
            if (File.Exists(children)) { processes.AddRange((await File.ReadAllTextAsync(children)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)); }
        }

        return processes;
    }
}
