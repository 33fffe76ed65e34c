using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Broker.Tests;

/// <summary>Views as a broker would publish them.</summary>
internal static class SampleViews
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    public static ChannelView Channel(string? peer = "198.51.100.7:40112") => new(
        1, 60123, peer, peer is null ? null : 41.6, peer is null ? null : 0.8, 120, 340, 9000, 80_000, 2, 6000,
        new Dictionary<string, long>(StringComparer.Ordinal) { ["auth_failed"] = 3 });

    public static SessionView Session(string id = "1a2b3c4d", SessionState state = SessionState.Attached, string command = "bash", string user = "ann") => new(
        id, state, 1000, user, command, 4242, Start, 120, 40, 12.4, 5000, 300, EndReason: null, [Channel(state == SessionState.Starting ? null : "198.51.100.7:40112")])
    {
        Verdict = new VerdictView("path_lossy", Start, "The path loses datagrams: 17 % in the last half minute."),
        Peers = [new PeerView(Start, Start.AddMinutes(3), 1, "198.51.100.7:40112", 2), new PeerView(Start.AddMinutes(3), null, 1, "[2001:db8:1234:5678:9abc:def0:1234:5678]:40112", 0)],
        Limits = new SessionLimitsView(
            [new SessionEndView("idle", "end", Start.AddHours(1), "ends unless somebody types: 60 min without a key are allowed")],
            [new FactView("Sessions of its user", "1 of 2"), new FactView("Clients may be in", "10.0.0.0/8, 2001:db8::/32")]),
    };

    /// <summary>An hour with a silence in its midst.</summary>
    public static SessionHistoryView History()
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new SessionHistoryView(
            now, now - 3, 10,
            [.. Enumerable.Range(0, 360).Select(i => (int?)(i is > 200 and < 230 ? null : 40 + (i % 17)))],
            [.. Enumerable.Range(0, 360).Select(i => (double?)(i % 40 / 10.0))],
            [.. Enumerable.Range(0, 360).Select(i => (double?)(i % 30 / 10.0))],
            [.. Enumerable.Range(0, 360).Select(i => (double?)(i is > 200 and < 230 ? (i - 200) * 10 : 3))]);
    }

    public static DetectionView Detection(string rule, long number, bool isOver = false) => new(
        number, rule, Start, isOver ? Start.AddMinutes(2) : null, new Dictionary<string, double>(StringComparer.Ordinal) { ["failures"] = 1200 },
        [new NetworkCount("203.0.113.0/24", 1100)], ["1a2b3c4d"], ["drop-in"], ["203.0.113.0/24 is turned away for 10 min"]);

    public static NodeView Node(string? notReady = null) => new(
        "node-1", "0.1.0", Start,
        [new ListeningView("Mosh (UDP)", "all addresses, ports 60001:60999"), new ListeningView("Control socket", "/run/moshbroker/broker.sock")],
        Sessions: 1, Capacity: 999, GcPauseSeconds: 0.012, notReady,
        new Dictionary<string, long>(StringComparer.Ordinal) { ["unknown_source"] = 7 });
}
