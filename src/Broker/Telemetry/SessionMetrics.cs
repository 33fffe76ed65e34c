namespace MoshBroker.Telemetry;

/// <summary><c>/metrics/sessions</c>: nine series for each of a bounded number of live sessions; a series ends with its session.</summary>
/// <remarks>Rendered from live state: nothing is kept for a session but for how many scrapes it stays chosen.</remarks>
/// <param name="alarmed">Sessions that a detection is about now.</param>
internal sealed class SessionMetrics(Func<IReadOnlyList<SessionReading>> read, Func<IReadOnlySet<string>> alarmed, string node, int limit)
{
    /// <summary>Once chosen, a session is shown in so many scrapes at least: a graph of one point tells nothing.</summary>
    public const int MinScrapes = 10;

    // Label, and how many scrapes it still has.
    private readonly Dictionary<string, int> _chosen = new(StringComparer.Ordinal);

    public void WriteTo(MetricsText text, string? tenant, string? session)
    {
        IReadOnlyList<SessionReading> shown = session is null && tenant is null ? Choose(read()) : Filter(read(), tenant, session);
        Gauge(text, shown, "moshbroker_session_info", "{session}", "Live sessions chosen for this page; always 1.",
            reading => $",tenant=\"{MetricNames.Escape(reading.Tenant)}\",node=\"{MetricNames.Escape(node)}\",backend=\"{reading.Backend}\"", static _ => 1);
        Gauge(text, shown, "moshbroker_session_rtt_seconds", "s", "Smoothed round-trip time.", static _ => "", static reading => reading.RttSeconds);
        Gauge(text, shown, "moshbroker_session_uplink_loss_ratio", "1", "Of the client's datagrams, lost on the way.", static _ => "", static reading => reading.UplinkLoss);
        Gauge(text, shown, "moshbroker_session_downlink_retransmit_ratio", "1", "Of the frames sent, repeats.", static _ => "", static reading => reading.DownlinkRepeats);
        Gauge(text, shown, "moshbroker_session_last_heard_timestamp_seconds", "s", "When the client was last heard, in seconds since 1970; 0 is never.",
            static _ => "", static reading => reading.LastHeardUnixSeconds);
        Counter(text, shown, "moshbroker_session_roams", "{move}", "Moves of the client to another address.", static reading => [("", reading.Roams)]);
        Counter(text, shown, "moshbroker_session_auth_failures", "{datagram}", "Datagrams with a wrong tag.", static reading => [("", reading.AuthFailures)]);
        Counter(text, shown, "moshbroker_session_bytes", "By", "Payload through the session's ports.",
            static reading => [(",direction=\"receive\"", reading.BytesReceived), (",direction=\"transmit\"", reading.BytesSent)]);
    }

    /// <summary>Those asked for, the first by name where they are too many; what the other scrapes show stays as it is.</summary>
    private List<SessionReading> Filter(IReadOnlyList<SessionReading> all, string? tenant, string? session) =>
    [
        .. all.Where(reading => (tenant is null || reading.Tenant == tenant) && (session is null || reading.Session == session))
            .OrderBy(static reading => reading.Session, StringComparer.Ordinal)
            .Take(limit),
    ];

    private static void Gauge(
        MetricsText text, IReadOnlyList<SessionReading> sessions, string name, string unit, string help, Func<SessionReading, string> more, Func<SessionReading, double> value)
    {
        text.Head(MetricKind.Gauge, name, unit, help);
        foreach (SessionReading reading in sessions) { text.Sample(name, "", $"session=\"{reading.Session}\"{more(reading)}", value(reading)); }
    }

    private static void Counter(
        MetricsText text, IReadOnlyList<SessionReading> sessions, string name, string unit, string help, Func<SessionReading, (string More, double Value)[]> values)
    {
        text.Head(MetricKind.Counter, name, unit, help);
        foreach (SessionReading reading in sessions)
        {
            foreach ((string more, double value) in values(reading)) { text.Sample(name, "_total", $"session=\"{reading.Session}\"{more}", value); }
        }
    }

    /// <summary>Those that were chosen and have scrapes left, then those with an alarm, then the worst, then a sample that is the same in every scrape.</summary>
    private List<SessionReading> Choose(IReadOnlyList<SessionReading> all)
    {
        Dictionary<string, SessionReading> live = all.ToDictionary(static reading => reading.Session, StringComparer.Ordinal);
        foreach (string gone in _chosen.Keys.Where(session => !live.ContainsKey(session)).ToList()) { _chosen.Remove(gone); }
        foreach (string stays in _chosen.Keys.ToList())
        {
            if (--_chosen[stays] <= 0) { _chosen.Remove(stays); }
        }

        // Ties are broken by the name, which is random: among sessions without trouble, always the same ones.
        IReadOnlySet<string> touched = alarmed();
        IEnumerable<SessionReading> byTrouble = all
            .OrderByDescending(reading => touched.Contains(reading.Session))
            .ThenByDescending(static reading => reading.Trouble)
            .ThenBy(static reading => reading.Session, StringComparer.Ordinal);
        foreach (SessionReading reading in byTrouble)
        {
            if (_chosen.Count >= limit) { break; }
            _chosen.TryAdd(reading.Session, MinScrapes);
        }

        return [.. _chosen.Keys.Select(session => live[session])];
    }
}
