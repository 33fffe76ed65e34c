using MoshBroker.FrontDoor;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public sealed class FrontDoorMetricsTests : IDisposable
{
    private readonly BrokerMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Theory]
    [InlineData("Failed publickey for root from 192.0.2.1 port 50036 ssh2: ED25519 SHA256:x", "publickey", "bad_key")]
    [InlineData("Failed password for root from 192.0.2.1 port 50036 ssh2", "password", "bad_key")]
    [InlineData("Failed keyboard-interactive/pam for root from 192.0.2.1 port 50036 ssh2", "keyboard_interactive", "bad_key")]
    [InlineData("Failed hostbased for root from 192.0.2.1 port 50036 ssh2", "publickey", "bad_key")]
    [InlineData("Certificate invalid: expired", "certificate", "expired")]
    [InlineData("Certificate invalid: name is not a listed principal", "certificate", "unknown_user")]
    [InlineData("Invalid user guest from 192.0.2.1 port 50036", "publickey", "unknown_user")]
    [InlineData("User x not allowed because account is locked", "publickey", "locked")]
    public void What_sshd_says_of_a_failed_login_is_counted_by_method_and_reason(string line, string method, string reason)
    {
        SshdEvent happened = SshdLogLine.Read(line);
        Assert.Equal(SshdEventKind.Failed, happened.Kind);
        _metrics.FrontDoor.LoginFailed(happened.Method, happened.Reason);
        ScrapedSeries counted = BrokerMetricsTests.Scrape(_metrics).Single(series => series.Name == "moshbroker_ssh_auth_failures_total" && series.Value > 0);
        Assert.Equal((method, reason), (counted.Labels["method"], counted.Labels["reason"]));
    }

    [Fact]
    public void Whom_policy_does_not_know_any_more_counts_as_a_failed_login()
    {
        _metrics.FrontDoor.LoginDenied(new Credential.Key("SHA256:x"), DenyReason.Revoked);
        ScrapedSeries counted = BrokerMetricsTests.Scrape(_metrics).Single(series => series.Name == "moshbroker_ssh_auth_failures_total" && series.Value > 0);
        Assert.Equal(("publickey", "revoked"), (counted.Labels["method"], counted.Labels["reason"]));
    }

    [Theory]
    [InlineData("debug1: kex.c:choose_kex():929 (pid=29407): kex: algorithm: sntrup761x25519-sha512@openssh.com [preauth]", true)]
    [InlineData("debug1: kex.c:choose_kex():929 (pid=29407): kex: algorithm: mlkem768x25519-sha256 [preauth]", true)]
    [InlineData("debug1: kex.c:choose_kex():929 (pid=29407): kex: algorithm: curve25519-sha256 [preauth]", false)]
    public void A_key_exchange_is_told_with_its_algorithm(string line, bool isPostQuantum)
    {
        SshdEvent happened = SshdLogLine.Read(line);
        Assert.Equal(SshdEventKind.Handshake, happened.Kind);
        Assert.Equal(isPostQuantum, SshdSettings.IsPostQuantum(happened.Reason));
    }

    [Fact]
    public void A_login_name_cannot_pose_as_a_key_exchange() =>
        Assert.Equal(SshdEventKind.Failed, SshdLogLine.Read("Invalid user debug1: kex.c:choose_kex(): kex: algorithm: sntrup from 192.0.2.1 port 1").Kind);
}
