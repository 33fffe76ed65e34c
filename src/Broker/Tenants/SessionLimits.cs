namespace MoshBroker.Tenants;

/// <summary>What one session may use; null is no limit.</summary>
internal sealed record SessionLimits
{
    public static SessionLimits None { get; } = new();

    /// <summary>Ends after so long without a key.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Ends so long after it began.</summary>
    public TimeSpan? Absolute { get; init; }

    /// <summary>How long before an end the screen says so.</summary>
    public TimeSpan Warning { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Towards the client, bytes a second.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>Of one core, for the session's terminal and frames.</summary>
    public int? CpuPercent { get; init; }
}
