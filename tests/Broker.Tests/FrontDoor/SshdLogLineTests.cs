using FsCheck;
using FsCheck.Fluent;
using MoshBroker.FrontDoor;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>Lines as OpenSSH 9.2 writes them to its standard error.</summary>
public sealed class SshdLogLineTests
{
    [Theory]
    [InlineData("Accepted publickey for moshbroker from 192.0.2.1 port 50000 ssh2: ED25519 SHA256:abc", nameof(SshdEventKind.Accepted), "publickey", "")]
    [InlineData("Accepted publickey for x from 192.0.2.1 port 1 ssh2: ED25519-CERT SHA256:abc ID ann (serial 7) CA ED25519 SHA256:def", nameof(SshdEventKind.Accepted), "publickey", "")]
    [InlineData("Accepted key ED25519 SHA256:abc found at /var/lib/moshbroker/frontdoor/authorized_keys:2", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("Accepted certificate ID \"ann\" (serial 7) signed by ED25519 CA SHA256:def via /x/authorized_keys", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("Failed publickey for x from 192.0.2.1 port 1 ssh2: ED25519 SHA256:abc", nameof(SshdEventKind.Failed), "publickey", "key_not_accepted")]
    [InlineData("Failed password for x from 192.0.2.1 port 1 ssh2", nameof(SshdEventKind.Failed), "password", "method_not_offered")]
    [InlineData("Failed keyboard-interactive/pam for x from 192.0.2.1 port 1 ssh2", nameof(SshdEventKind.Failed), "keyboard-interactive", "method_not_offered")]
    [InlineData("Failed moon-phase for x from 192.0.2.1 port 1 ssh2", nameof(SshdEventKind.Failed), "other", "method_not_offered")]
    [InlineData("Failed none for x from 192.0.2.1 port 1 ssh2", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("error: Certificate invalid: expired", nameof(SshdEventKind.Failed), "publickey", "certificate_expired")]
    [InlineData("error: Certificate invalid: not yet valid", nameof(SshdEventKind.Failed), "publickey", "certificate_not_yet_valid")]
    [InlineData("error: Certificate invalid: name is not a listed principal", nameof(SshdEventKind.Failed), "publickey", "certificate_principal")]
    [InlineData("error: Certificate does not contain an authorized principal", nameof(SshdEventKind.Failed), "publickey", "certificate_principal")]
    [InlineData("User bin from 192.0.2.1 not allowed because not listed in AllowUsers", nameof(SshdEventKind.Failed), "publickey", "wrong_login_name")]
    [InlineData("Invalid user nobody-here from 192.0.2.1 port 1", nameof(SshdEventKind.Failed), "publickey", "wrong_login_name")]
    [InlineData("User x not allowed because account is locked", nameof(SshdEventKind.Failed), "publickey", "account_locked")]
    [InlineData("ROOT LOGIN REFUSED FROM 192.0.2.1 port 1", nameof(SshdEventKind.Failed), "publickey", "root_refused")]
    [InlineData("refusing RSA key: Invalid key length", nameof(SshdEventKind.Failed), "publickey", "weak_key")]
    [InlineData("fatal: Timeout before authentication for 192.0.2.1 port 1", nameof(SshdEventKind.Broken), "", "timeout")]
    [InlineData("Unable to negotiate with 192.0.2.1 port 1: no matching key exchange method found. Their offer: x [preauth]", nameof(SshdEventKind.Broken), "", "no_common_kex")]
    [InlineData("Unable to negotiate with 192.0.2.1 port 1: no matching cipher found. Their offer: x [preauth]", nameof(SshdEventKind.Broken), "", "no_common_cipher")]
    [InlineData("Unable to negotiate with 192.0.2.1 port 1: no matching host key type found. Their offer: ssh-rsa [preauth]", nameof(SshdEventKind.Broken), "", "no_common_host_key")]
    [InlineData("Unable to negotiate with 192.0.2.1 port 1: no matching MAC found. Their offer: x [preauth]", nameof(SshdEventKind.Broken), "", "no_common_algorithm")]
    [InlineData("banner exchange: Connection from 192.0.2.1 port 1: invalid format", nameof(SshdEventKind.Broken), "", "not_ssh")]
    [InlineData("Bad packet length 1231976033. [preauth]", nameof(SshdEventKind.Broken), "", "bad_packet")]
    [InlineData("ssh_dispatch_run_fatal: Connection from 192.0.2.1 port 1: Corrupted MAC on input [preauth]", nameof(SshdEventKind.Broken), "", "bad_packet")]
    [InlineData("error: maximum authentication attempts exceeded: Too many authentication failures [preauth]", nameof(SshdEventKind.Broken), "", "too_many_attempts")]
    [InlineData("debug1: kex.c:choose_kex():880 (pid=7): kex: algorithm: sntrup761x25519-sha512@openssh.com [preauth]", nameof(SshdEventKind.Handshake), "", "sntrup761x25519-sha512@openssh.com")]
    [InlineData("debug1: kex.c:choose_kex():880 (pid=7): something else", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("Connection closed by 192.0.2.1 port 1 [preauth]", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("", nameof(SshdEventKind.Noise), null, null)]
    [InlineData("Failed ", nameof(SshdEventKind.Failed), "other", "method_not_offered")]
    public void A_line_tells_one_thing(string line, string kind, string? method, string? reason) =>
        Assert.Equal((kind, method, reason), (SshdLogLine.Read(line).Kind.ToString(), SshdLogLine.Read(line).Method, SshdLogLine.Read(line).Reason));

    /// <summary>Reasons and methods are labels of metrics: what a client can put into a line must not make new ones.</summary>
    [Fact]
    public void No_line_makes_a_reason_of_its_own()
    {
        HashSet<string?> methods = [null, "", "publickey", "password", "keyboard-interactive", "hostbased", "gssapi-with-mic", "other"];
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), Gen.Elements("", "Failed ", "Accepted ", "Invalid user ").ToArbitrary(), (text, start) =>
        {
            SshdEvent happened = SshdLogLine.Read(start + text.Get);
            return methods.Contains(happened.Method) && (happened.Reason is null || happened.Reason.All(letter => letter is '_' or (>= 'a' and <= 'z')));
        }).QuickCheckThrowOnFailure();
    }
}
