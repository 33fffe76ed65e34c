namespace MoshBroker.Tenants;

/// <summary>What policy grants a session; it goes with the session, and is made anew when the policy changes or the user logs in again.</summary>
internal sealed record Admission
{
    /// <summary>"drop-in" for sessions of accounts of this machine.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user's name in the tenant; of a drop-in session, the account's.</summary>
    public required string User { get; init; }

    /// <summary>Null for a drop-in session, and for one that shows a text, or the menu.</summary>
    public Target? Target { get; init; }

    /// <summary>Null for a drop-in session.</summary>
    public Credential? Credential { get; init; }

    /// <summary>True while it is only the menu, or a text: it came by the front door, and leads nowhere yet.</summary>
    public bool IsLobby => Credential is not null && Target is null;

    /// <summary>Where its clients may be.</summary>
    public required NetworkSet Networks { get; init; }

    public required TenantRules Rules { get; init; }

    /// <summary>The tenant's, or the user's own where he has such.</summary>
    public required SessionLimits Limits { get; init; }

    public required Lease Lease { get; init; }
}
