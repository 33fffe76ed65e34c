namespace MoshBroker.Tenants;

/// <summary>One line of who may reach what. Rules only allow; what no rule allows is denied.</summary>
internal sealed record AccessRule
{
    public required int Line { get; init; }

    /// <summary>In words, for explanations: <c>group ops</c>.</summary>
    public required string Who { get; init; }

    public required IReadOnlySet<Target> Targets { get; init; }

    /// <summary>Empty: always.</summary>
    public required IReadOnlyList<TimeWindow> Windows { get; init; }

    /// <summary>From where.</summary>
    public required NetworkSet From { get; init; }

    /// <summary>When the grant is over; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>When what the rule allows at <paramref name="now"/> ends: null when it allows nothing, <see cref="DateTimeOffset.MaxValue"/> when it goes on.</summary>
    public DateTimeOffset? EndsAt(DateTimeOffset now)
    {
        const int MostWindows = 24; // Windows of a week that follow each other without a gap are no end at all.
        DateTimeOffset until = Until ?? DateTimeOffset.MaxValue;
        if (now >= until) { return null; }
        if (Windows.Count == 0) { return until; }
        DateTimeOffset? end = LatestClose(now);
        for (int i = 0; i < MostWindows && end is { } reached && reached < until; i++)
        {
            if (LatestClose(reached) is not { } next) { return reached; }
            end = next;
        }

        return end is null ? null : until;
    }

    public bool IsOpen(DateTimeOffset now) => Windows.Count == 0 || LatestClose(now) is not null;

    private DateTimeOffset? LatestClose(DateTimeOffset now)
    {
        DateTimeOffset? latest = null;
        foreach (TimeWindow window in Windows)
        {
            if (window.ClosesAt(now) is { } closes && (latest is null || closes > latest)) { latest = closes; }
        }

        return latest;
    }
}
