using System.Globalization;
using System.Text.RegularExpressions;

namespace MoshBroker.Diagnosis;

/// <summary>What an sshd's effective configuration (<c>sshd -T</c>) and version leave open.</summary>
internal static partial class SshdFindings
{
    /// <summary>Debian 12's package with CVE-2024-6387, CVE-2023-48795 and CVE-2025-26465 corrected.</summary>
    public const string DebianFixed = "1:9.2p1-2+deb12u5";

    private static readonly string[] WeakParts = ["sha1", "md5", "umac-64", "3des", "cbc", "arcfour", "blowfish", "cast128", "ripemd", "ssh-dss", "group1-"];
    private static readonly string[] Forwardings = ["allowtcpforwarding", "allowagentforwarding", "x11forwarding", "permittunnel", "allowstreamlocalforwarding", "permituserrc", "gatewayports"];

    /// <param name="name">Which one: "the system's sshd".</param>
    /// <param name="isFrontDoor">Ours promises more: no forwarding of any kind.</param>
    public static IEnumerable<Finding> OfConfiguration(string name, string effective, bool isFrontDoor)
    {
        Dictionary<string, string> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in effective.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            if (blank > 0) { settings.TryAdd(line[..blank], line[(blank + 1)..].Trim()); }
        }

        string file = isFrontDoor ? "the front door's configuration (it is generated: restart the broker)" : "/etc/ssh/sshd_config, then: systemctl reload ssh";
        foreach ((string key, Severity severity, string why) in ((string, Severity, string)[])
        [
            ("passwordauthentication", Severity.Critical, "passwords are guessed, reused and phished; every Mosh session begins with this login"),
            ("kbdinteractiveauthentication", Severity.Warning, "it asks for passwords too, by another name"),
            ("permitemptypasswords", Severity.Critical, "an account without a password is anybody's"),
            ("hostbasedauthentication", Severity.Warning, "it believes what another host says about its users"),
        ])
        {
            if (settings.GetValueOrDefault(key) is not { } value) { continue; }
            yield return value == "no"
                ? new Finding($"{name}: {key}", Severity.Ok, "no")
                : new Finding($"{name}: {key}", severity, value, why, $"{Proper(key)} no   in {file}");
        }

        if (settings.GetValueOrDefault("permitrootlogin") is { } root)
        {
            yield return new Finding(
                $"{name}: permitrootlogin",
                root == "no" ? Severity.Ok : root == "yes" ? Severity.Critical : Severity.Warning,
                root,
                root == "no" ? "" : "root's name is known to everybody, and what he does is nobody's in particular",
                root == "no" ? "" : $"PermitRootLogin no   in {file}");
        }

        foreach (string key in (string[])["kexalgorithms", "ciphers", "macs", "hostkeyalgorithms", "pubkeyacceptedalgorithms"])
        {
            if (settings.GetValueOrDefault(key) is not { } list) { continue; }
            string[] weak = [.. list.Split(',').Where(algorithm => algorithm == "ssh-rsa" || WeakParts.Any(part => algorithm.Contains(part, StringComparison.Ordinal)))];
            yield return weak.Length == 0
                ? new Finding($"{name}: {key}", Severity.Ok, "nothing weak")
                : new Finding($"{name}: {key}", Severity.Warning, string.Join(", ", weak), "weak by today's measure, and a client may be talked into it", $"{Proper(key)} -{string.Join(",", weak)}   in {file}");
        }

        foreach (string key in isFrontDoor ? Forwardings : [])
        {
            if (settings.GetValueOrDefault(key) is { } value && value != "no") { yield return new Finding($"{name}: {key}", Severity.Critical, value, "the front door forwards nothing", $"{Proper(key)} no   in {file}"); }
        }

        if (settings.GetValueOrDefault("logingracetime") is { } grace && int.TryParse(grace, CultureInfo.InvariantCulture, out int seconds) && seconds is 0 or > 60)
        {
            yield return new Finding($"{name}: logingracetime", Severity.Warning, grace, "half-open connections may be held that long, and a few of them shut others out", $"LoginGraceTime 30   in {file}");
        }
    }

    /// <param name="version">As <c>sshd -V</c> or the banner prints it.</param>
    /// <param name="package">The Debian package's version; null when it is not of a package.</param>
    /// <param name="isFixed">Whether the package's version is <see cref="DebianFixed"/> or later.</param>
    public static Finding OfVersion(string version, string? package, bool isFixed)
    {
        Match match = VersionPattern().Match(version);
        string shown = package is null ? version : $"{version} (package {package})";
        if (!match.Success) { return new Finding("OpenSSH version", Severity.Warning, shown, "it says no version that is understood", "sshd -V"); }
        (int major, int minor) = (int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups["minor"].Value, CultureInfo.InvariantCulture));
        if (major > 9 || (major == 9 && minor >= 9)) { return new Finding("OpenSSH version", Severity.Ok, shown); }
        bool isDebian12 = package is not null && package.Contains("deb12", StringComparison.Ordinal);
        if (isDebian12 && isFixed) { return new Finding("OpenSSH version", Severity.Ok, $"{shown}: its vendor's corrections are in"); }
        return isDebian12 || package is null
            ? new Finding("OpenSSH version", Severity.Critical, shown, "before 9.8 an attacker may win a race in it and become root (CVE-2024-6387)", "apt-get update && apt-get install openssh-server")
            : new Finding("OpenSSH version", Severity.Warning, shown, "older than 9.8 (CVE-2024-6387), unless its vendor has corrected it", "look the package up in your vendor's security tracker, and upgrade");
    }

    private static string Proper(string key) => key switch
    {
        "passwordauthentication" => "PasswordAuthentication",
        "kbdinteractiveauthentication" => "KbdInteractiveAuthentication",
        "permitemptypasswords" => "PermitEmptyPasswords",
        "hostbasedauthentication" => "HostbasedAuthentication",
        "kexalgorithms" => "KexAlgorithms",
        "ciphers" => "Ciphers",
        "macs" => "MACs",
        "hostkeyalgorithms" => "HostKeyAlgorithms",
        "pubkeyacceptedalgorithms" => "PubkeyAcceptedAlgorithms",
        _ => key,
    };

    [GeneratedRegex(@"OpenSSH_(?<major>[0-9]{1,3})\.(?<minor>[0-9]{1,3})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}
