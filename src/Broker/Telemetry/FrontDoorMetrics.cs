using MoshBroker.Tenants;

namespace MoshBroker.Telemetry;

/// <summary>Logins at the front door. By method and reason, never by user or address.</summary>
internal sealed class FrontDoorMetrics
{
    private static readonly MetricLabel Reason = MetricLabel.Of<SshAuthFailure>("reason");

    private readonly CounterFamily _failures;
    private readonly CounterFamily _handshakes;

    public FrontDoorMetrics(MetricRegistry registry)
    {
        _failures = registry.Counter(new("moshbroker.ssh.auth_failures", "{attempt}", "Logins that failed, by what was tried and why.", MetricLabel.Of<SshAuthMethod>("method"), Reason));
        _handshakes = registry.Counter(new("moshbroker.ssh.handshakes", "{handshake}", "SSH connections, by the kind of their key exchange.", MetricLabel.Of<KeyExchangeKind>("kex")));
    }

    public void HandshakeDone(KeyExchangeKind kind) => _handshakes.Add(1, (int)kind);

    /// <summary>sshd refused an attempt.</summary>
    /// <param name="method">SSH's name of what was tried.</param>
    /// <param name="reason">As <see cref="FrontDoor.SshdLogLine"/> words it.</param>
    public void LoginFailed(string method, string reason) => Add(
        reason.StartsWith("certificate_", StringComparison.Ordinal) ? SshAuthMethod.Certificate : MethodOf(method),
        reason switch
        {
            "certificate_expired" or "certificate_not_yet_valid" => SshAuthFailure.Expired,
            "certificate_principal" or "wrong_login_name" => SshAuthFailure.UnknownUser,
            "account_locked" or "root_refused" => SshAuthFailure.Locked,
            _ => SshAuthFailure.BadKey,
        });

    /// <summary>sshd let him in, and policy does not know him, or no more.</summary>
    public void LoginDenied(Credential? credential, DenyReason reason) => Add(
        credential is Credential.Certificate ? SshAuthMethod.Certificate : SshAuthMethod.Publickey,
        reason switch
        {
            DenyReason.CertificateExpired or DenyReason.CertificateNotYetValid or DenyReason.CertificateTooLong or DenyReason.UserExpired => SshAuthFailure.Expired,
            DenyReason.Revoked => SshAuthFailure.Revoked,
            DenyReason.UnknownPrincipal or DenyReason.AmbiguousPrincipal => SshAuthFailure.UnknownUser,
            _ => SshAuthFailure.BadKey,
        });

    private static SshAuthMethod MethodOf(string method) => method switch
    {
        "password" => SshAuthMethod.Password,
        "keyboard-interactive" => SshAuthMethod.KeyboardInteractive,
        _ => SshAuthMethod.Publickey,
    };

    private void Add(SshAuthMethod method, SshAuthFailure reason) => _failures.Add(1, ((int)method * Reason.Values.Count) + (int)reason);
}
