namespace MoshBroker.Audit;

/// <summary>One event of the audit trail. Never a key, a keystroke or a word of a screen.</summary>
/// <param name="Name">One of <see cref="AuditEventName"/>; <c>event.name</c> in the record.</param>
/// <remarks>What is null is left out of the record. Attributes are named as OpenTelemetry names them, ours begin with <c>moshbroker.</c></remarks>
internal sealed record AuditEvent(string Name)
{
    /// <summary><c>moshbroker.tenant</c>.</summary>
    public string? Tenant { get; init; }

    /// <summary><c>user.name</c>: the policy's user, or the account of a drop-in session.</summary>
    public string? User { get; init; }

    /// <summary><c>session.id</c>.</summary>
    public string? Session { get; init; }

    /// <summary><c>client.address</c>: as seen by us.</summary>
    public string? ClientAddress { get; init; }

    /// <summary><c>moshbroker.claimed_address</c>: what a user's own <c>open</c> says his client's address is. Proves nothing.</summary>
    public string? ClaimedAddress { get; init; }

    /// <summary><c>moshbroker.target</c>.</summary>
    public string? Target { get; init; }

    /// <summary><c>moshbroker.reason</c>: why it was denied, ended, locked; in snake case.</summary>
    public string? Reason { get; init; }

    /// <summary>Further attributes, by their full names.</summary>
    public IReadOnlyDictionary<string, string>? More { get; init; }

    /// <summary>One further attribute.</summary>
    public static Dictionary<string, string> Attribute(string name, string value) => new(StringComparer.Ordinal) { [name] = value };
}
