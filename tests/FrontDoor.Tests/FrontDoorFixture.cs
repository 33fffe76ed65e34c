using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

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

    /// <summary>A second machine, which one gets to by way of the first.</summary>
    internal TargetHost Inner { get; private set; } = null!;

    /// <summary>Ten accounts on the host, <see cref="Account"/> the first.</summary>
    internal IReadOnlyList<UnixAccount> Crew { get; private set; } = [];

    internal TestKey Authority { get; private set; } = null!;

    internal TestKey Ann { get; private set; } = null!;

    internal TestKey Bob { get; private set; } = null!;

    /// <summary>Has two sessions at most, and may come from 127.0.0.1 only.</summary>
    internal TestKey Carla { get; private set; } = null!;

    /// <summary>Of the other tenant.</summary>
    internal TestKey Eve { get; private set; } = null!;

    /// <summary>Of a tenant whose sessions are recorded.</summary>
    internal TestKey Rita { get; private set; } = null!;

    internal TestKey Stranger { get; private set; } = null!;

    /// <summary>Has no key in the policy, but a principal.</summary>
    internal TestKey Dora { get; private set; } = null!;

    /// <summary>Takes what the broker sends by OTLP.</summary>
    internal OtlpReceiver Collector { get; } = new();

    private readonly string _http = $"127.0.0.1:{FreeTcpPorts.One()}";

    internal int Port { get; } = FreeTcpPorts.One();

    /// <summary>An address of the documentation's networks, that a test makes unreachable.</summary>
    internal const string Unreachable = "198.51.100.77";

    internal string PolicyPath => _scratch.File("policy.yaml");

    public async Task InitializeAsync()
    {
        await RunningBroker.BuildAsync();
        File.SetUnixFileMode(_scratch.Path, (UnixFileMode)0b111_101_101);
        List<UnixAccount> crew = [];
        Crew = crew;
        while (crew.Count < 10) { crew.Add(await UnixAccount.CreateAsync()); }
        Account = crew[0];
        Authority = await TestKey.MakeAsync(_scratch, "authority");
        Ann = await TestKey.MakeAsync(_scratch, "ann");
        Bob = await TestKey.MakeAsync(_scratch, "bob");
        Carla = await TestKey.MakeAsync(_scratch, "carla");
        Dora = await TestKey.MakeAsync(_scratch, "dora");
        Eve = await TestKey.MakeAsync(_scratch, "eve");
        Rita = await TestKey.MakeAsync(_scratch, "rita");
        Stranger = await TestKey.MakeAsync(_scratch, "stranger");
        TestKey identity = await TestKey.MakeAsync(_scratch, "identity");
        Host = await TargetHost.StartAsync(identity);
        Inner = await TargetHost.StartAsync(identity);
        _identity = identity;
        _certified = await TestKey.MakeAsync(_scratch, "certified");
        await _certified.CertifyAsync(Host.Authority, Account.Name, "+1d");
        await WritePolicyAsync();
        Broker = await RunningBroker.StartAsync(null, OtlpReceiver.Hurry, "--otlp", Collector.Address, "--ssh", $"127.0.0.1:{Port}", "--policy", PolicyPath, "--metrics", $"127.0.0.1:{FreeTcpPorts.One()}", "--http", _http);
        string hostKey = await File.ReadAllTextAsync(Path.Combine(Broker.DataFolder, "frontdoor", "ssh_host_ed25519_key.pub"));
        _scratch.Write("known", $"door {hostKey}");
    }

    private TestKey _identity = null!;
    private TestKey _certified = null!;

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

    /// <summary>What the API answers to somebody who may see all.</summary>
    internal async Task<JsonElement> ApiAsync(string path)
    {
        CommandResult token = await Broker.CommandAsync("token", "create", "--role", "admin");
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token.Output.Trim());
        using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{_http}/api/v1/{path}")));
        return answer.RootElement.Clone();
    }

    /// <summary>The id of the newest session that lives.</summary>
    internal async Task<string> NewestAsync() => (await Broker.LiveAsync())[^1];

    /// <summary>Ends what a test left.</summary>
    internal async Task CloseAllAsync()
    {
        foreach (string id in await Broker.LiveAsync()) { await Broker.CommandAsync("sessions", "close", id); }
    }

    /// <summary>Changes the policy until the end of a block, and waits until the broker has it.</summary>
    internal async Task<IAsyncDisposable> ChangedAsync(string revoked = "", string target = "", string networks = "127.0.0.0/8")
    {
        await ReloadAsync(revoked, target, networks);
        return new Restored(this);
    }

    /// <summary>Writes the policy, different from the one of before, and waits until the broker has it.</summary>
    internal async Task ReloadAsync(string revoked = "", string target = "", string networks = "127.0.0.0/8")
    {
        int taken = Taken();
        await WritePolicyAsync(revoked, target, networks);
        await Eventually.TrueAsync(() => Taken() > taken, "the policy is read again", TimeSpan.FromSeconds(60));
    }

    /// <summary>The events of the audit trail with that name, as JSON, the newest last.</summary>
    internal async Task<IReadOnlyList<string>> AuditAsync(string name)
    {
        CommandResult result = await Broker.CommandAsync("audit", "--json", "--event", name, "--limit", "5000");
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Waits for one more denial in the audit trail than <paramref name="before"/>, and what it says.</summary>
    internal async Task<string> DeniedAsync(int before)
    {
        IReadOnlyList<string> denials = [];
        await Eventually.TrueAsync(async () => (denials = await AuditAsync("deny")).Count > before, "the denial stands in the audit trail", TimeSpan.FromSeconds(30));
        return denials[^1];
    }

    private int Taken()
    {
        string log = Broker.Log;
        Assert.DoesNotContain("the policy file is refused", log, StringComparison.Ordinal);
        return Regex.Count(log, "policy [0-9a-f]+ from ");
    }

    /// <summary>A program on the broker's machine.</summary>
    private string Shell => $"{{ command: {{ run: [/bin/bash, --norc, --noprofile, -i], user: {Account.Name}, environment: {{ PS1: 'p\\#> ' }} }} }}";

    /// <summary>A machine that ssh reaches.</summary>
    private string On(TargetHost machine, UnixAccount account, TestKey? identity = null, string key = "", string host = "127.0.0.1", string more = "") =>
        $"{{ ssh: {{ host: {host}, port: {machine.Port}, user: {account.Name}, host_keys: ['{(key.Length > 0 ? key : machine.HostKey.Line)}'], identity_file: {(identity ?? _identity).Path}{(more.Length > 0 ? ", " + more : "")} }} }}";

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
                  shell: {{Shell}}
                  cat: { command: { run: [/bin/cat], user: {{Account.Name}} } }
                  deaf: { command: { run: [/bin/sh, -c, 'stty -echo; exec sleep 600'], user: {{Account.Name}} } }
                  web: {{On(Host, Account, key: target)}}
                  kept: {{On(Host, Account, more: $"reattach: 'tmux -u -S {Account.Home.File("tmux")} new -A -s broker-{{session}}'")}}
                  certified: {{On(Host, Account, _certified, more: $"certificate: {_certified.Path}-cert.pub")}}
                  not-let-in: {{On(Host, Account, Stranger)}}
                  hop: {{On(Host, Account)}}
                  behind: {{On(Inner, Account, more: "proxy_jump: hop")}}
                  unreachable: {{On(Host, Account, host: Unreachable)}}
                  nameless: {{On(Host, Account, host: "nowhere.invalid")}}
                  {{string.Join("\n      ", Crew.Select((account, number) => $"crew-{number}: {On(Host, account)}"))}}
                access:
                  - users: [ann, bob, dora]
                    targets: ['*']
                  - users: [carla]
                    targets: [shell, web]
              taped:
                networks: [127.0.0.0/8]
                recording: { mode: required }
                users:
                  rita: { keys: ["{{Rita.Line}}"] }
                targets:
                  shell: {{Shell}}
                  web: {{On(Host, Account)}}
                access:
                  - users: [rita]
                    targets: [shell, web]
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

    private sealed class Restored(FrontDoorFixture door) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await door.ReloadAsync();
    }
}
