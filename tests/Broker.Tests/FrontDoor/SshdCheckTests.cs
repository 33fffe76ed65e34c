using MoshBroker.FrontDoor;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>The front door's promise, against what the installed sshd says of itself (<c>sshd -T</c>).</summary>
public sealed class SshdCheckTests : IDisposable
{
    private readonly KeyFolder _folder = new();
    private readonly SshdSettings _settings;
    private readonly List<string> _effective;

    public SshdCheckTests()
    {
        Directory.CreateDirectory("/run/sshd"); // What the package's service would have made; sshd -T looks for it as root.
        string[] known = KeyFolder.Run("ssh", "-Q", "kex").Split('\n');
        _settings = new SshdSettings
        {
            HostKey = _folder.Make("host"),
            AuthorizedKeys = _folder.File("authorized_keys"),
            ForcedCommand = "exec '/opt/moshbroker-open' enter --broker '/run/broker.sock'",
            Account = "nobody",
            AccountIsRoot = false,
            RunsAsRoot = true,
            KnownKeyExchanges = [.. SshdSettings.KeyExchanges.Intersect(known)],
        };
        File.WriteAllText(_folder.File("config"), _settings.ToText());
        _effective = [.. KeyFolder.Run(SshdProgram.Find("sshd")!, "-T", "-f", _folder.File("config")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public static TheoryData<string, string> Weaker => new()
    {
        { "hostkey", "/etc/ssh/ssh_host_rsa_key" },
        { "allowusers", "root" },
        { "authenticationmethods", "any" },
        { "pubkeyauthentication", "no" },
        { "passwordauthentication", "yes" },
        { "kbdinteractiveauthentication", "yes" },
        { "hostbasedauthentication", "yes" },
        { "permitemptypasswords", "yes" },
        { "permitrootlogin", "yes" },
        { "usepam", "yes" },
        { "trustedusercakeys", "/etc/ssh/ca.pub" },
        { "authorizedprincipalsfile", ".ssh/principals" },
        { "disableforwarding", "no" },
        { "allowtcpforwarding", "yes" },
        { "allowstreamlocalforwarding", "yes" },
        { "allowagentforwarding", "yes" },
        { "x11forwarding", "yes" },
        { "permittunnel", "yes" },
        { "gatewayports", "yes" },
        { "permituserrc", "yes" },
        { "permituserenvironment", "yes" },
        { "permittty", "no" },
        { "forcecommand", "none" },
        { "exposeauthinfo", "no" },
        { "logingracetime", "0" },
        { "maxauthtries", "600" },
        { "maxsessions", "1000" },
        { "requiredrsasize", "1024" },
        { "compression", "yes" },
        { "usedns", "yes" },
        { "printmotd", "yes" },
        { "printlastlog", "yes" },
        { "banner", "/etc/issue" },
        { "versionaddendum", "Debian" },
        { "tcpkeepalive", "no" },
        { "clientaliveinterval", "0" },
        { "clientalivecountmax", "1000" },
        { "loglevel", "QUIET" },
        { "strictmodes", "yes" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_we_write_is_what_sshd_reads() => Assert.Null(Check(_effective));

    [Fact]
    public void Every_setting_with_one_value_is_among_those_that_are_made_weaker_here() =>
        Assert.Equal(
            _settings.Single.Select(setting => setting.Name.ToLowerInvariant()).Order(StringComparer.Ordinal),
            Weaker.Select(row => (string)row[0]).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Weaker))]
    public void A_weaker_setting_is_named(string name, string value)
    {
        int at = _effective.FindIndex(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        string right = _effective[at];
        Assert.Contains($"is '{value}'", Check([.. _effective[..at], $"{name} {value}", .. _effective[(at + 1)..]]), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith(name + " is '", Check([.. _effective, right]), StringComparison.OrdinalIgnoreCase); // A second value counts too.
        Assert.StartsWith(name + " is not known to this sshd", Check([.. _effective[..at], .. _effective[(at + 1)..]]), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("kexalgorithms", "diffie-hellman-group14-sha256")]
    [InlineData("ciphers", "aes128-ctr")]
    [InlineData("macs", "hmac-sha1")]
    [InlineData("hostkeyalgorithms", "ssh-rsa")]
    [InlineData("pubkeyacceptedalgorithms", "ssh-dss")]
    [InlineData("casignaturealgorithms", "ssh-rsa")]
    public void A_weaker_algorithm_is_named(string name, string algorithm)
    {
        int at = _effective.FindIndex(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        Assert.Contains($"has '{algorithm}'", Check([.. _effective[..at], $"{_effective[at]},{algorithm}", .. _effective[(at + 1)..]]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("is not known to this sshd", Check([.. _effective[..at], .. _effective[(at + 1)..]]), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("gssapiauthentication yes")]
    [InlineData("kerberosauthentication yes")]
    [InlineData("gssapikeyexchange yes")]
    [InlineData("challengeresponseauthentication yes")]
    [InlineData("subsystem sftp /usr/lib/openssh/sftp-server")]
    [InlineData("acceptenv LANG LC_*")]
    [InlineData("permitopen 127.0.0.1:22")]
    [InlineData("permitlisten 8080")]
    [InlineData("authorizedprincipalscommand /usr/bin/anybody")]
    public void What_a_patched_sshd_adds_is_named(string line)
    {
        string name = line.Split(' ')[0];
        string? fault = Check([.. _effective.Where(other => !other.StartsWith(name + " ", StringComparison.Ordinal)), line]);
        Assert.StartsWith($"{name} is '{line[(name.Length + 1)..]}'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_root_the_keys_file_is_read_by_sshd_itself()
    {
        string text = (_settings with { RunsAsRoot = false }).ToText();
        Assert.Contains($"\nAuthorizedKeysFile {_settings.AuthorizedKeys}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("AuthorizedKeysCommand", text, StringComparison.Ordinal);
    }

    private string? Check(IEnumerable<string> lines) => SshdCheck.FindFault(_settings, string.Join('\n', lines));
}
