using System.Net;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>OpenSSH's sshd behind a listening socket of ours: its files, its check, its connections.</summary>
internal sealed class SshDaemon : IDisposable
{
    /// <summary>The account of a root broker's front door, where there is one of that name.</summary>
    private const string UsualAccount = "moshbroker";

    private readonly string _keysFile;
    private readonly FrontDoorLog _log;

    private SshDaemon(Reception reception, string keysFile, string account, IPEndPoint at, FrontDoorLog log)
    {
        Reception = reception;
        _keysFile = keysFile;
        Account = account;
        At = new IPEndPoint(at.Address, reception.Port);
        _log = log;
    }

    public Reception Reception { get; }

    /// <summary>The name to log in with.</summary>
    public string Account { get; }

    public IPEndPoint At { get; }

    /// <summary>Where its configuration is, for a broker with that data directory.</summary>
    public static string ConfigurationIn(string dataDirectory) => Path.Combine(dataDirectory, "frontdoor", "sshd_config");

    /// <summary>Writes sshd's files, checks what it makes of them, and listens.</summary>
    /// <param name="policy">The policy of the moment, whenever it is asked for.</param>
    /// <exception cref="StartRefusedException">Something is missing, or sshd would be weaker than promised.</exception>
    public static async Task<SshDaemon> OpenAsync(
        FrontDoorOptions options, string dataDirectory, string socketPath, Func<Policy> policy, Children children, MonoClock clock, IAuditTrail audit, BrokerMetrics metrics, FrontDoorLog log, KeptListener? kept, CancellationToken cancellation)
    {
        string sshd = SshdProgram.Require("sshd", "openssh-server");
        bool isRoot = AccountNative.EffectiveUser() == 0;
        string own = AccountNative.NameOf(AccountNative.EffectiveUser());
        string account = options.Account ?? (isRoot && AccountNative.Find(UsualAccount) is not null ? UsualAccount : own);
        if (AccountNative.Find(account) is not { } uid) { throw new StartRefusedException($"the front door's account '{account}' does not exist: name another by --ssh-account"); }
        if (!isRoot && uid != AccountNative.EffectiveUser())
        {
            throw new StartRefusedException($"without root the front door can let in no account but {own}: leave --ssh-account out");
        }

        if (isRoot)
        {
            Directory.CreateDirectory("/run/sshd"); // Where sshd's unprivileged half lives.
            if (uid == 0) { log.Weaker($"logins run as root, because there is no account '{UsualAccount}': make one by useradd --system --shell /bin/sh --password '*' {UsualAccount}"); }
        }

        else if (!TerminalsHaveTheirGroup())
        {
            log.Weaker("without root sshd can give no terminals here, which mosh and ssh -t ask for: mount /dev/pts with gid=5 (the group tty)");
        }

        string configuration = ConfigurationIn(dataDirectory);
        string folder = Path.GetDirectoryName(configuration)!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string hostKey = options.HostKey ?? Path.Combine(folder, "ssh_host_ed25519_key");
        if (options.HostKey is null) { await EnsureHostKeyAsync(hostKey, cancellation); }
        else { await RequireHostKeyAsync(hostKey, cancellation); }

        IReadOnlyList<string> kex = await KnownKeyExchangesAsync(cancellation);
        if (!kex.Contains(SshdSettings.KeyExchanges[0], StringComparer.Ordinal)) { log.Weaker($"this OpenSSH does not know {SshdSettings.KeyExchanges[0]}; the best key exchange here is {kex[0]}"); }
        SshdSettings settings = new()
        {
            HostKey = hostKey,
            AuthorizedKeys = Path.Combine(folder, "authorized_keys"),
            ForcedCommand = $"exec {Quoted(OpenProgram())} enter --broker {Quoted(socketPath)}",
            Account = account,
            AccountIsRoot = uid == 0,
            RunsAsRoot = isRoot,
            KnownKeyExchanges = kex,
        };
        if (settings.ToText().Split('\n').FirstOrDefault(line => line.Contains('"', StringComparison.Ordinal)) is { } odd)
        {
            throw new StartRefusedException($"sshd's configuration cannot hold this path: {OneLine.Of(odd)}; choose another --data and --socket");
        }

        AuthorizedKeys.Write(configuration, settings.ToText());
        AuthorizedKeys.Write(settings.AuthorizedKeys, AuthorizedKeys.Compose(policy()));
        (int status, string effective, string errors) = await SshdProgram.RunAsync(sshd, cancellation, "-T", "-f", configuration);
        if (status != 0) { throw new StartRefusedException($"sshd does not take its configuration {configuration}: {OneLine.Of(errors.Trim())}"); }
        if (SshdCheck.FindFault(settings, effective) is { } fault)
        {
            throw new StartRefusedException($"the front door's sshd would be weaker than promised: {fault} ({configuration}, as {sshd} -T reads it)");
        }

        ChildProgram daemon = new()
        {
            Path = sshd,
            Arguments = [sshd, "-i", "-e", "-f", configuration],
            Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
            Directory = "/",
        };
        Reception reception = Reception.Open(options.At, daemon, children, clock, options.Proxies, () => policy().AllNetworks, new ReceptionLimits(), audit, metrics, log, kept);
        return new SshDaemon(reception, settings.AuthorizedKeys, account, options.At, log);
    }

    /// <summary>The policy has changed: whose keys it does not have any more cannot log in from here on.</summary>
    public void OnPolicy(Policy policy)
    {
        try
        {
            AuthorizedKeys.Write(_keysFile, AuthorizedKeys.Compose(policy));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.KeysNotWritten(failure);
        }
    }

    public void Dispose() => Reception.Dispose();

    /// <summary>For the account's shell, which starts the forced command; the words are ours alone.</summary>
    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The kernel gives new terminals to a group; sshd insists on the right one, and only root could change it.</summary>
    private static bool TerminalsHaveTheirGroup() =>
        !File.Exists("/proc/self/mounts") || !File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, "/dev/pts", "devpts", string options, ..] && !options.Contains("gid=", StringComparison.Ordinal));

    /// <summary>Beside us, as published.</summary>
    private static string OpenProgram()
    {
        string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "open", "moshbroker-open"));
        return File.Exists(program) ? program : throw new StartRefusedException($"the front door needs {program}, which is not there: start the broker by the moshbroker launcher, or --ssh off");
    }

    private static async Task EnsureHostKeyAsync(string path, CancellationToken cancellation)
    {
        if (File.Exists(path)) { return; }
        string keygen = SshdProgram.Require("ssh-keygen", "openssh-client");
        (int status, _, string errors) = await SshdProgram.RunAsync(keygen, cancellation, "-q", "-t", "ed25519", "-N", "", "-C", "moshbroker front door", "-f", path);
        if (status != 0) { throw new StartRefusedException($"no host key could be made at {path}: {OneLine.Of(errors.Trim())}"); }
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>sshd -T takes a key that is not there, and the first connection would find out.</summary>
    private static async Task RequireHostKeyAsync(string path, CancellationToken cancellation)
    {
        string keygen = SshdProgram.Require("ssh-keygen", "openssh-client");
        (int status, string publicKey, string errors) = await SshdProgram.RunAsync(keygen, cancellation, "-y", "-P", "", "-f", path);
        string fault = status != 0 ? OneLine.Of(errors.Trim()) : publicKey.StartsWith("ssh-ed25519 ", StringComparison.Ordinal) ? "" : $"a key of another kind: {publicKey.Split(' ')[0]}";
        if (fault.Length > 0)
        {
            throw new StartRefusedException($"--ssh-host-key {path} cannot be used ({fault}): name an ed25519 key without a passphrase that the broker's user can read: ssh-keygen -t ed25519 -N '' -f FILE");
        }
    }

    private static async Task<IReadOnlyList<string>> KnownKeyExchangesAsync(CancellationToken cancellation)
    {
        (_, string known, _) = await SshdProgram.RunAsync(SshdProgram.Require("ssh", "openssh-client"), cancellation, "-Q", "kex");
        string[] names = known.Split('\n', StringSplitOptions.TrimEntries);
        string[] ours = [.. SshdSettings.KeyExchanges.Where(name => names.Contains(name, StringComparer.Ordinal))];
        return ours.Length > 0 ? ours : throw new StartRefusedException($"this OpenSSH knows none of {string.Join(", ", SshdSettings.KeyExchanges)}: install OpenSSH 9.2 or newer, or --ssh off");
    }
}
