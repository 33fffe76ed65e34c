using System.Globalization;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>A front door of a test's own, with one user and one target on another machine, whoever the broker is.</summary>
internal sealed class SmallDoor : IAsyncDisposable
{
    private readonly Scratch _scratch = new();
    private readonly int _port = FreeTcpPorts.One();
    private TestKey _identity = null!;

    public SessionHome Home { get; } = new();

    public RunningBroker Broker { get; private set; } = null!;

    public TargetHost Host { get; private set; } = null!;

    public UnixAccount Account { get; private set; } = null!;

    public TestKey Ann { get; private set; } = null!;

    public int Port => _port;

    /// <summary>Makes keys, a target and a policy.</summary>
    /// <param name="networks">Where Ann may come from.</param>
    /// <param name="hasMore">True for two more targets: a shell here, and one there that a lost connection comes back to.</param>
    public static async Task<SmallDoor> MakeAsync(string networks = "127.0.0.0/8", bool hasMore = false)
    {
        SmallDoor door = new();
        await RunningBroker.BuildAsync();
        File.SetUnixFileMode(door._scratch.Path, (UnixFileMode)0b111_101_101);
        door.Account = await UnixAccount.CreateAsync();
        door.Ann = await TestKey.MakeAsync(door._scratch, "ann");
        Directory.CreateDirectory(door._scratch.File("broker"));
        door._identity = await TestKey.MakeAsync(door._scratch, "broker/identity");
        door.Host = await TargetHost.StartAsync(door._identity);
        string there = $"host: 127.0.0.1, port: {door.Host.Port}, user: {door.Account.Name}, host_keys: [\"{door.Host.HostKey.Line}\"], identity_file: {door._identity.Path}";
        string more = !hasMore ? "" : $$"""
                  shell: { command: { run: [/bin/bash, --norc, --noprofile, -i], user: {{door.Account.Name}}, environment: { PS1: 'p\#> ' } } }
                  kept: { ssh: { {{there}}, reattach: 'tmux -u -S {{door.Account.Home.File("tmux")}} new -A -s broker-{session}' } }
            """;
        door._scratch.Write("broker/policy.yaml", $$"""
            version: 1
            tenants:
              acme:
                networks: [{{networks}}]
                users:
                  ann: { keys: ["{{door.Ann.Line}}"] }
                targets:
                  web: { ssh: { {{there}} } }
            {{more}}
                access:
                  - users: [ann]
                    targets: ['*']
            """);
        return door;
    }

    /// <summary>Starts the broker.</summary>
    /// <param name="account">Who it runs as; null for us.</param>
    public async Task StartAsync(UnixAccount? account, IReadOnlyList<string> prefix, string launcher, params IReadOnlyList<string> more)
    {
        if (account is not null) { await account.OwnAsync(_scratch.File("broker")); }
        Broker = await RunningBroker.StartOpenAsync(account, prefix, launcher, ["--ssh", $"127.0.0.1:{_port}", "--policy", _scratch.File("broker/policy.yaml"), .. more]);
        _scratch.Write("known", $"door {await File.ReadAllTextAsync(Path.Combine(Broker.DataFolder, "frontdoor", "ssh_host_ed25519_key.pub"))}");
    }

    /// <summary>In the place of one that has ended: another data folder, other keys, the same port and policy.</summary>
    public async Task<RunningBroker> StartAnotherAsync(params IReadOnlyList<string> more)
    {
        await Broker.DisposeAsync();
        await StartAsync(null, [], RunningBroker.Launcher, more);
        return Broker;
    }

    /// <summary>Words of Ann's ssh client, and nothing of a person's own.</summary>
    public IReadOnlyList<string> Ssh(int? port = null, params IReadOnlyList<string> more) =>
    [
        "ssh", "-F", "/dev/null", "-p", (port ?? _port).ToString(CultureInfo.InvariantCulture), "-i", Ann.Path, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlias=door", "-o", $"UserKnownHostsFile={_scratch.File("known")}", .. more,
    ];

    public Task<CommandResult> SshAsync(string login, int? port, IReadOnlyList<string> options, params IReadOnlyList<string> words) =>
        Command.RunAsync([.. Ssh(port, options), $"{login}@127.0.0.1", .. words], Home.Environment, within: TimeSpan.FromSeconds(60));

    /// <summary>The stock wrapper.</summary>
    public Task<TmuxTerminal> MoshAsync(string login, params IReadOnlyList<string> words) =>
        TmuxTerminal.StartAsync(["mosh", $"--ssh={Command.Quote(Ssh())}", $"{login}@127.0.0.1", "--", .. words], Home.Environment);

    public Task<TmuxTerminal> PlainAsync(string login, params IReadOnlyList<string> words) =>
        TmuxTerminal.StartAsync([.. Ssh(), "-t", $"{login}@127.0.0.1", .. words], Home.Environment);

    public async ValueTask DisposeAsync()
    {
        if (Broker is not null) { await Broker.DisposeAsync(); }
        await Host.DisposeAsync();
        await Account.DisposeAsync();
        Home.Dispose();
        _scratch.Dispose();
    }
}
