using System.Text.Json;
using MoshBroker.Tenants;

namespace MoshBroker.Survival;

/// <summary>What the next process must know of a session besides its screen and its clients; it never changes.</summary>
internal sealed record SessionRecord
{
    public required uint Uid { get; init; }

    public required string User { get; init; }

    public required string Command { get; init; }

    public required int Pid { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required double NetworkTimeoutSeconds { get; init; }

    /// <summary>Of the user; null for nobody whom policy was asked about.</summary>
    public string? Tenant { get; init; }

    /// <summary>The target's name.</summary>
    public string? Target { get; init; }

    /// <summary>The menu, or another session seen from it: the menu comes back.</summary>
    public bool IsMenu { get; init; }

    /// <summary>Null for a session that was not opened by the front door.</summary>
    public SavedEntry? Entry { get; init; }

    /// <summary>Null before the broker has started one.</summary>
    public SavedProgram? Program { get; init; }

    /// <summary>What the user proved: policy is asked again with it.</summary>
    public Credential.Key? Key { get; init; }

    public Credential.Certificate? Certificate { get; init; }

    /// <summary>As it is kept.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SurvivalJson.Default.SessionRecord);
}
