using System.Text;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public class SessionMetricsTests
{
    private List<SessionReading> _live = [.. Enumerable.Range(0, 40).Select(number => Reading(number))];
    private readonly HashSet<string> _alarmed = [];

    [Fact]
    public void The_worst_sessions_are_chosen_and_stay_for_ten_scrapes()
    {
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 5);
        _live[7] = _live[7] with { RttSeconds = 2 };
        HashSet<string> first = Shown(page);
        Assert.Equal(5, first.Count);
        Assert.Contains("00000007", first);

        _live[7] = _live[7] with { RttSeconds = 0 };
        for (int i = 30; i < 40; i++) { _live[i] = _live[i] with { UplinkLoss = 0.9 }; }
        for (int scrape = 2; scrape <= SessionMetrics.MinScrapes; scrape++) { Assert.Equal(first, Shown(page)); }
        Assert.All(Shown(page), session => Assert.InRange(int.Parse(session), 30, 39));
    }

    [Fact]
    public void Sessions_that_a_detection_is_about_come_before_the_worst()
    {
        _live[7] = _live[7] with { RttSeconds = 4, UplinkLoss = 1 };
        _alarmed.Add("00000033");
        Assert.Equal(["00000033"], Shown(new(() => _live, () => _alarmed, "node-1", limit: 1)));
    }

    [Fact]
    public void A_session_that_was_shown_while_there_were_few_stays_when_there_are_too_many()
    {
        List<SessionReading> many = _live;
        _live = many[35..];
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 5);
        HashSet<string> few = Shown(page);
        _live = [.. many.Select(reading => few.Contains(reading.Session) ? reading : reading with { RttSeconds = 1 })];
        for (int scrape = 2; scrape <= SessionMetrics.MinScrapes; scrape++) { Assert.Equal(few, Shown(page)); }
        Assert.Empty(Shown(page).Intersect(few));
    }

    [Fact]
    public void A_tenant_s_page_is_capped_too()
    {
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 5);
        Assert.Equal(5 * 9, Scrape(page, tenant: "drop-in").Count);
    }

    [Fact]
    public void Sessions_without_trouble_are_the_same_sample_every_time()
    {
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 5);
        HashSet<string> first = Shown(page);
        for (int scrape = 0; scrape < 35; scrape++) { Assert.Equal(first, Shown(page)); }
    }

    [Fact]
    public void A_session_s_series_end_with_it_and_another_takes_its_place()
    {
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 5);
        string gone = Shown(page).First();
        _live = _live.FindAll(reading => reading.Session != gone);
        HashSet<string> after = Shown(page);
        Assert.DoesNotContain(gone, after);
        Assert.Equal(5, after.Count);
    }

    [Fact]
    public void A_session_has_nine_series_without_user_or_address()
    {
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 500);
        List<ScrapedSeries> series = Scrape(page, session: "00000003");
        Assert.Equal(9, series.Count);
        Assert.All(series, one => Assert.Subset(new HashSet<string> { "session", "tenant", "node", "backend", "direction" }, one.Labels.Keys.ToHashSet()));
        Assert.Equal(("drop-in", "node-1", "pty"), series.Where(one => one.Name == "moshbroker_session_info").Select(one => (one.Labels["tenant"], one.Labels["node"], one.Labels["backend"])).Single());
    }

    [Fact]
    public void A_tenant_can_be_asked_for()
    {
        _live[4] = _live[4] with { Tenant = "acme" };
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 2);
        Assert.Equal(9, Scrape(page, tenant: "acme").Count);
        Assert.Empty(Scrape(page, tenant: "nobody"));
    }

    [Fact]
    public void Two_thousand_sessions_are_written_in_far_less_than_a_scrape_s_timeout()
    {
        _live = [.. Enumerable.Range(0, 2000).Select(Reading)];
        SessionMetrics page = new(() => _live, () => _alarmed, "node-1", limit: 2000);
        Assert.Equal(18_000, Scrape(page).Count);
        MetricsText text = new(isOpenMetrics: true);
        long began = System.Diagnostics.Stopwatch.GetTimestamp();
        page.WriteTo(text, tenant: null, session: null);
        TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(began);
        Assert.True(took < TimeSpan.FromSeconds(2), $"{took.TotalMilliseconds} ms"); // 200 ms is the goal; CI is slow.
    }

    private static SessionReading Reading(int number) => new() { Session = number.ToString("d8"), Tenant = "drop-in", Backend = "pty" };

    private static HashSet<string> Shown(SessionMetrics page) => [.. Scrape(page).Select(series => series.Labels["session"])];

    private static List<ScrapedSeries> Scrape(SessionMetrics page, string? tenant = null, string? session = null)
    {
        MetricsText text = new(isOpenMetrics: false);
        page.WriteTo(text, tenant, session);
        return ScrapedSeries.Parse(Encoding.UTF8.GetString(text.Written.Span));
    }
}
