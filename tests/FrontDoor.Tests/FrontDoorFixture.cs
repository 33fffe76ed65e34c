using System.Globalization;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>A broker with a front door, two tenants, a target host, and people with keys.</summary>
public sealed class FrontDoorFixture : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private int _changes;

    internal SessionHome Home { get; } = new();

    internal RunningBroker Broker { get; private set; } = null!;

    internal UnixAccount Account { get; private set; } = null!;

    internal TargetHost Host { get; private set; } = null!;

    internal TestKey Authority { get; private set; } = null!;

    internal TestKey Ann { get; private set; } = null!;

    internal TestKey Bob { get; private set; } = null!;

    /// <summary>Has two sessions at most, and may come from 127.0.0.1 only.</summary>
    internal TestKey Carla { get; private set; } = null!;

    /// <summary>Of the other tenant.</summary>
    internal TestKey Eve { get; private set; } = null!;

    internal TestKey Stranger { get; private set; } = null!;

    /// <summary>Has no key in the policy, but a principal.</summary>
    internal TestKey Dora { get; private set; } = null!;

    /// <summary>Takes what the broker sends by OTLP.</summary>
    internal OtlpReceiver Collector { get; } = new();

    internal int Port { get; } = FreeTcpPorts.One();

    internal string PolicyPath => _scratch.File("policy.yaml");

    public async Task InitializeAsync()
    {
        await RunningBroker.BuildAsync();
        File.SetUnixFileMode(_scratch.Path, (UnixFileMode)0b111_101_101);
        Account = await UnixAccount.CreateAsync();
        Authority = await TestKey.MakeAsync(_scratch, "authority");
        Ann = await TestKey.MakeAsync(_scratch, "ann");
        Bob = await TestKey.MakeAsync(_scratch, "bob");
        Carla = await TestKey.MakeAsync(_scratch, "carla");
        Dora = await TestKey.MakeAsync(_scratch, "dora");
        Eve = await TestKey.MakeAsync(_scratch, "eve");
        Stranger = await TestKey.MakeAsync(_scratch, "stranger");
        TestKey identity = await TestKey.MakeAsync(_scratch, "identity");
        Host = await TargetHost.StartAsync(identity);
        _identity = identity;
        await WritePolicyAsync();
        Broker = await RunningBroker.StartAsync(null, OtlpReceiver.Hurry, "--otlp", Collector.Address, "--ssh", $"127.0.0.1:{Port}", "--policy", PolicyPath, "--metrics", $"127.0.0.1:{FreeTcpPorts.One()}");
        string hostKey = await File.ReadAllTextAsync(Path.Combine(Broker.DataFolder, "frontdoor", "ssh_host_ed25519_key.pub"));
        _scratch.Write("known", $"door {hostKey}");
    }

    private TestKey _identity = null!;

    public async Task DisposeAsync()
    {
        await Broker.DisposeAsync();
        await Collector.DisposeAsync();
        await Host.DisposeAsync();
        await Account.RunAsync("tmux", "-S", Account.Home.File("tmux"), "kill-server");
        await Account.DisposeAsync();
        Home.Dispose();
        _scratch.Dispose();
    }

    /// <summary>Words of an ssh client with that key, and nothing of the person's own.</summary>
    internal IReadOnlyList<string> Ssh(TestKey key, params IReadOnlyList<string> more) =>
    [
        "ssh", "-F", "/dev/null", "-p", Port.ToString(CultureInfo.InvariantCulture), "-i", key.Path, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlias=door", "-o", $"UserKnownHostsFile={_scratch.File("known")}", .. more,
    ];

    internal Task<CommandResult> SshAsync(TestKey key, params IReadOnlyList<string> words) =>
        Command.RunAsync([.. Ssh(key), "root@127.0.0.1", .. words], Home.Environment, within: TimeSpan.FromSeconds(60));

    /// <summary>What the wrapper sends: a session begins, and waits for its client.</summary>
    internal Task<CommandResult> OpenAsync(TestKey key, string words) => SshAsync(key, $"mosh-server 'new' '-c' '256' '-s' '-l' 'LANG=C.UTF-8' '--' {words}");

    /// <summary>The stock wrapper, as a person types it.</summary>
    internal Task<TmuxTerminal> MoshAsync(TestKey key, params IReadOnlyList<string> words) =>
        TmuxTerminal.StartAsync(["mosh", $"--ssh={Command.Quote(Ssh(key))}", "root@127.0.0.1", "--", .. words], Home.Environment);

    /// <summary>A synthetic session through this front door.</summary>
    internal Task<CommandResult> ProbeAsync(TestKey key, params IReadOnlyList<string> words) => Command.RunAsync(
        [
            RunningBroker.Launcher, "probe", "-F", "/dev/null", "-p", Port.ToString(CultureInfo.InvariantCulture), "-i", key.Path, "-o", "IdentitiesOnly=yes",
            "-o", "StrictHostKeyChecking=yes", "-o", "HostKeyAlias=door", "-o", $"UserKnownHostsFile={_scratch.File("known")}", .. words,
        ],
        SessionHome.Inherited(), within: TimeSpan.FromMinutes(3));

    internal Task<TmuxTerminal> PlainAsync(TestKey key, params IReadOnlyList<string> words) =>
        TmuxTerminal.StartAsync([.. Ssh(key), "-t", "root@127.0.0.1", .. words], Home.Environment);

    /// <summary>The id of the newest session that lives.</summary>
    internal async Task<string> NewestAsync() => (await Broker.LiveAsync())[^1];

    /// <summary>Ends what a test left.</summary>
    internal async Task CloseAllAsync()
    {
        foreach (string id in await Broker.LiveAsync()) { await Broker.CommandAsync("sessions", "close", id); }
    }

    /// <summary>Writes the policy, changed so that it is another one, and waits until the broker has it.</summary>
    internal async Task ReloadAsync(string revoked = "", string target = "", string networks = "127.0.0.0/8")
    {
        int taken = Taken();
        await WritePolicyAsync(revoked, target, networks);
        await Eventually.TrueAsync(() => Taken() > taken, "the policy is read again", TimeSpan.FromSeconds(60));
    }

    private int Taken() => Broker.Log.Split("policy ").Length;

    private async Task WritePolicyAsync(string revoked = "", string target = "", string networks = "127.0.0.0/8")
    {
        string text = $$"""
            # {{_changes++}}
            version: 1
            tenants:
              acme:
                networks: [{{networks}}]
                on_revocation: lock
                watch: { users: [bob], shown: true }
                {{(revoked.Length > 0 ? $"revoked: ['{revoked}']" : "scrollback: true")}}
                certificate_authorities: ["{{Authority.Line}}"]
                users:
                  ann: { keys: ["{{Ann.Line}}"] }
                  bob: { keys: ["{{Bob.Line}}"] }
                  carla: { keys: ["{{Carla.Line}}"], networks: [127.0.0.1], sessions: 2 }
                  dora: { principals: [dora] }
                targets:
                  shell: { command: { run: [/bin/bash, --norc, --noprofile, -i], user: {{Account.Name}}, environment: { PS1: 'p\#> ' } } }
                  cat: { command: { run: [/bin/cat], user: {{Account.Name}} } }
                  deaf: { command: { run: [/bin/sh, -c, 'stty -echo; exec sleep 600'], user: {{Account.Name}} } }
                  web: { ssh: { host: 127.0.0.1, port: {{Host.Port}}, user: {{Account.Name}}, host_keys: ["{{(target.Length > 0 ? target : Host.HostKey.Line)}}"], identity_file: {{_identity.Path}} } }
                  kept: { ssh: { host: 127.0.0.1, port: {{Host.Port}}, user: {{Account.Name}}, host_keys: ["{{Host.HostKey.Line}}"], identity_file: {{_identity.Path}}, reattach: "tmux -u -S {{Account.Home.File("tmux")}} new -A -s broker-{session}" } }
                access:
                  - users: [ann, bob, carla, dora]
                    targets: [shell, cat, deaf, web, kept]
              other:
                networks: [127.0.0.0/8]
                users:
                  eve: { keys: ["{{Eve.Line}}"] }
                targets:
                  secret: { command: { run: [/bin/true], user: {{Account.Name}} } }
                access:
                  - users: [eve]
                    targets: [secret]
            """;
        string next = PolicyPath + ".new";
        await File.WriteAllTextAsync(next, text);
        File.Move(next, PolicyPath, overwrite: true);
    }
}
