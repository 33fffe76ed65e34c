namespace MoshBroker.Tenants;

/// <summary>A customer, team or department: its people, its targets and its rules. Nothing of one is seen in another.</summary>
internal sealed class Tenant
{
    public required string Name { get; init; }

    public required int Line { get; init; }

    public required TenantRules Rules { get; init; }

    /// <summary>Who signs certificates for users of this tenant.</summary>
    public IReadOnlyList<SshPublicKey> CertificateAuthorities { get; init; } = [];

    /// <summary>Keys and certificates that count no more: <c>SHA256:…</c>, <c>serial:N</c>, <c>id:KEYID</c>.</summary>
    public IReadOnlySet<string> Revoked { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, PolicyUser> Users { get; internal set; } = new Dictionary<string, PolicyUser>(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Target> Targets { get; internal set; } = new Dictionary<string, Target>(StringComparer.Ordinal);

    /// <summary>Where a user lands who names no target; null for the menu.</summary>
    public Target? DefaultTarget { get; internal set; }

    /// <summary>Principal to user.</summary>
    public IReadOnlyDictionary<string, PolicyUser> Principals { get; internal set; } = new Dictionary<string, PolicyUser>(StringComparer.Ordinal);
}
