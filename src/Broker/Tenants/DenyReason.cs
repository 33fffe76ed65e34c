namespace MoshBroker.Tenants;

/// <summary>Why policy says no. The names, in snake case, are those of audit and metrics: stable.</summary>
internal enum DenyReason
{
    UnknownKey,
    UnknownAuthority,
    UnknownPrincipal,
    AmbiguousPrincipal,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateTooLong,
    Revoked,
    UserExpired,
    Network,
    TargetUnknown,
    TargetNotAllowed,
    NoDefaultTarget,
    OutsideWindow,
    GrantExpired,
    UserQuota,
    TenantQuota,
    DropInOff,
}
