using MoshBroker.Diagnosis;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Diagnosis;

public sealed class SshdFindingsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();

    public async Task InitializeAsync()
    {
        // sshd asks for it even for `-T`; its service makes it, and may not be running here.
        Directory.CreateDirectory("/run/sshd");
        (int status, string output) = await SystemProgram.RunAsync("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", $"{_folder.Path}/host"]);
        Assert.True(status == 0, output);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_weak_configuration_of_the_real_sshd_is_named_line_by_line()
    {
        Finding[] findings = await OfAsync("PasswordAuthentication yes\nKbdInteractiveAuthentication yes\nPermitRootLogin yes\nPermitEmptyPasswords yes\nKexAlgorithms +diffie-hellman-group1-sha1\nMACs +hmac-sha1\nCiphers +aes128-cbc\nLoginGraceTime 0\n", isFrontDoor: false);

        Assert.Equal(
            ["passwordauthentication", "permitemptypasswords", "permitrootlogin"],
            findings.Where(finding => finding.Severity == Severity.Critical).Select(finding => finding.Check.Split(": ")[1]).Order(StringComparer.Ordinal));
        Assert.Contains(findings, finding => finding.Found.Contains("diffie-hellman-group1-sha1", StringComparison.Ordinal) && finding.Fix.StartsWith("KexAlgorithms -", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Found.Contains("aes128-cbc", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Check.EndsWith("logingracetime", StringComparison.Ordinal));
        Assert.All(findings.Where(finding => finding.Severity > Severity.Ok), finding => Assert.True(finding.Why.Length > 0 && finding.Fix.Length > 0, finding.ToString()));
    }

    [Fact]
    public async Task A_hardened_configuration_has_nothing_to_say()
    {
        const string Hardened =
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin no\nKexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256\nCiphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com\nMACs hmac-sha2-512-etm@openssh.com\nLoginGraceTime 30\nDisableForwarding yes\nAllowTcpForwarding no\nAllowAgentForwarding no\nAllowStreamLocalForwarding no\nX11Forwarding no\nPermitTunnel no\nPermitUserRC no\nGatewayPorts no\n";

        Assert.All(await OfAsync(Hardened, isFrontDoor: true), finding => Assert.Equal(Severity.Ok, finding.Severity));
        Assert.Contains(await OfAsync(Hardened.Replace("AllowTcpForwarding no", "AllowTcpForwarding yes", StringComparison.Ordinal), isFrontDoor: true), finding => finding is { Severity: Severity.Critical, Check: "the front door: allowtcpforwarding" });
    }

    [Theory]
    [InlineData("OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.1", "1:10.0p1-7", false, Severity.Ok)]
    [InlineData("OpenSSH_9.2p1 Debian-2+deb12u7, OpenSSL 3.0.17", "1:9.2p1-2+deb12u7", true, Severity.Ok)]
    [InlineData("OpenSSH_9.2p1 Debian-2+deb12u1, OpenSSL 3.0.9", "1:9.2p1-2+deb12u1", false, Severity.Critical)]
    [InlineData("OpenSSH_9.7p1, OpenSSL 3.0.9", null, false, Severity.Critical)]
    [InlineData("OpenSSH_9.6p1 Ubuntu-3ubuntu13.5", "1:9.6p1-3ubuntu13.5", false, Severity.Warning)]
    [InlineData("dropbear", null, false, Severity.Warning)]
    internal void A_version_counts_with_its_vendors_corrections(string version, string? package, bool isFixed, Severity severity) =>
        Assert.Equal(severity, SshdFindings.OfVersion(version, package, isFixed).Severity);

    private async Task<Finding[]> OfAsync(string configuration, bool isFrontDoor)
    {
        File.WriteAllText($"{_folder.Path}/sshd_config", $"HostKey {_folder.Path}/host\n{configuration}");
        (int status, string output) = await SystemProgram.RunAsync("/usr/sbin/sshd", ["-T", "-f", $"{_folder.Path}/sshd_config"]);
        Assert.True(status == 0, output);
        return [.. SshdFindings.OfConfiguration(isFrontDoor ? "the front door" : "the system's sshd", output, isFrontDoor)];
    }
}
