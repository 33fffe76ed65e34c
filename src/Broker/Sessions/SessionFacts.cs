using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What is known of a session when it begins, and never changes.</summary>
internal sealed record SessionFacts
{
    public required string Id { get; init; }

    /// <summary>The epoch that this process holds: every write to the store names it.</summary>
    public required long Epoch { get; init; }

    public required uint Uid { get; init; }

    public required string User { get; init; }

    public required string Command { get; init; }

    public required int Pid { get; init; }

    /// <summary>A synthetic session, of <c>moshbroker probe</c>.</summary>
    public bool IsProbe { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int Columns { get; init; }

    public required int Rows { get; init; }

    public required TimeSpan NetworkTimeout { get; init; }

    /// <summary>What policy granted at the beginning; null when nobody asked it. <see cref="SessionActor.Admission"/> is what holds now.</summary>
    public Admission? Admission { get; init; }

    /// <summary>How its user came by the front door; null for who did not.</summary>
    public SavedEntry? Entry { get; init; }

    /// <summary>The way of its first user, until he has his screen.</summary>
    public BootstrapAttempt? Attempt { get; init; }

    /// <summary>Whose session it is.</summary>
    public string Tenant => Admission?.Tenant ?? Policy.DropInTenant;
}
