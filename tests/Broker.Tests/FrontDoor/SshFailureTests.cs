using MoshBroker.Targets;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>Last words of OpenSSH 9.2's client, and what its user is told.</summary>
public sealed class SshFailureTests
{
    [Theory]
    [InlineData("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @ Host key verification failed.", "its host key has changed; your administrator must look at this", nameof(TargetFailure.Hostkey))]
    [InlineData("No ED25519 host key is known for web and you have requested strict checking. Host key verification failed.", "its host key is not the one that is on file; your administrator must look at this", nameof(TargetFailure.Hostkey))]
    [InlineData("ssh: Could not resolve hostname nowhere.invalid: Name or service not known", "its name is not known", nameof(TargetFailure.Dns))]
    [InlineData("ssh: connect to host 127.0.0.1 port 9: Connection refused", "it refuses the connection", nameof(TargetFailure.Refused))]
    [InlineData("ssh: connect to host 198.51.100.77 port 22: No route to host", "there is no way to it", nameof(TargetFailure.Timeout))]
    [InlineData("ssh: connect to host 198.51.100.77 port 22: Network is unreachable", "there is no way to it", nameof(TargetFailure.Timeout))]
    [InlineData("ssh: connect to host 198.51.100.77 port 22: Connection timed out", "it does not answer", nameof(TargetFailure.Timeout))]
    [InlineData("deploy@127.0.0.1: Permission denied (publickey).", "it does not let the broker in; your administrator must look at this", nameof(TargetFailure.Auth))]
    [InlineData("kex_exchange_identification: Connection closed by remote host Connection closed by UNKNOWN port 65535", "the machine on the way to it cannot be reached, or does not let it through", nameof(TargetFailure.Refused))]
    [InlineData("kex_exchange_identification: Connection closed by remote host Connection closed by 127.0.0.1 port 22", "it broke the connection off", nameof(TargetFailure.Reset))]
    [InlineData("Unable to negotiate with 127.0.0.1 port 22: no matching key exchange method found.", "it has no algorithm in common with the broker; your administrator must look at this", nameof(TargetFailure.Auth))]
    [InlineData("/etc/secret: something that nobody has seen before", "the connection failed", nameof(TargetFailure.Reset))]
    [InlineData("", "the connection failed", nameof(TargetFailure.Reset))]
    public void The_user_is_told_one_plain_line(string errors, string line, string reason) =>
        Assert.Equal(($"web: {line}", reason), (SshFailure.Read("web", errors).Line, SshFailure.Read("web", errors).Reason.ToString()));
}
