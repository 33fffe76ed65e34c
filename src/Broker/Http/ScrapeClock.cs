namespace MoshBroker.Http;

/// <summary>When somebody last asked for metrics; <c>moshbroker doctor</c> wants to know whether anybody does.</summary>
internal sealed class ScrapeClock(TimeProvider time)
{
    private long _last = -1;

    /// <summary>Seconds since the last time; -1 for never.</summary>
    public double Age => Volatile.Read(ref _last) is var last && last < 0 ? -1 : time.GetElapsedTime(last).TotalSeconds;

    public void OnScrape() => Volatile.Write(ref _last, time.GetTimestamp());
}
