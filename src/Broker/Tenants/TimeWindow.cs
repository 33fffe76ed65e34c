namespace MoshBroker.Tenants;

/// <summary>Days and hours of a zone, week by week. A window that goes past midnight belongs to the day on which it begins.</summary>
/// <param name="From">Since midnight.</param>
/// <param name="To">Since midnight, up to 24 h; not after <paramref name="From"/>: on the next day.</param>
internal sealed record TimeWindow(IReadOnlySet<DayOfWeek> Days, TimeSpan From, TimeSpan To, TimeZoneInfo Zone)
{
    private static readonly DayOfWeek[] Week =
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    /// <summary>When the window that is open at <paramref name="now"/> closes; null when none is.</summary>
    public DateTimeOffset? ClosesAt(DateTimeOffset now)
    {
        DateTime today = TimeZoneInfo.ConvertTime(now, Zone).Date;
        DateTimeOffset? latest = null;
        for (int back = 0; back <= 1; back++)
        {
            DateTime day = today.AddDays(-back);
            if (!Days.Contains(day.DayOfWeek)) { continue; }
            DateTimeOffset opens = ToInstant(day + From);
            DateTimeOffset closes = ToInstant(To > From ? day + To : day.AddDays(1) + To);
            if (opens <= now && now < closes && (latest is null || closes > latest)) { latest = closes; }
        }

        return latest;
    }

    public override string ToString()
    {
        List<string> spans = [];
        for (int i = 0; i < Week.Length; i++)
        {
            if (!Days.Contains(Week[i])) { continue; }
            int first = i;
            while (i + 1 < Week.Length && Days.Contains(Week[i + 1])) { i++; }
            spans.Add(first == i ? Name(i) : $"{Name(first)}-{Name(i)}");
        }

        return $"{string.Join(",", spans)} {Clock(From)}-{Clock(To)} {Zone.Id}";
    }

    private static string Name(int day) => Week[day].ToString()[..3].ToLowerInvariant();

    private static string Clock(TimeSpan time) => $"{(int)time.TotalHours:00}:{time.Minutes:00}";

    private DateTimeOffset ToInstant(DateTime local)
    {
        // An hour that the clock skips in spring counts as the moment it skips to.
        while (Zone.IsInvalidTime(local)) { local = local.AddMinutes(30); }
        return new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), Zone), TimeSpan.Zero);
    }
}
