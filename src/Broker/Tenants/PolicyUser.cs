using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Tenants;

/// <summary>Somebody of a tenant.</summary>
internal sealed class PolicyUser
{
    public required string Name { get; init; }

    public required Tenant Tenant { get; init; }

    /// <summary>Where the user stands in the policy file.</summary>
    public required int Line { get; init; }

    public IReadOnlyList<SshPublicKey> Keys { get; init; } = [];

    /// <summary>The certificate principals that are this user.</summary>
    public IReadOnlyList<string> Principals { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The tenant's networks, less what the user's and his groups' leave out.</summary>
    public required NetworkSet Networks { get; init; }

    /// <summary>When the user's access is over; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    public required SessionLimits Limits { get; init; }

    public int? Sessions { get; init; }

    public IReadOnlySet<DashboardRole> Roles { get; init; } = new HashSet<DashboardRole>();

    /// <summary>True when the user may watch others' sessions of the tenant.</summary>
    public bool MayWatch { get; init; }

    /// <summary>Those that name the user or one of his groups.</summary>
    public IReadOnlyList<AccessRule> Rules { get; internal set; } = [];

    public override string ToString() => $"{Name}@{Tenant.Name}";
}
