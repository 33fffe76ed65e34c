using System.Text;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>What a session's terminal cut short is on /metrics.</summary>
public sealed class SessionGuardsTests : IDisposable
{
    private readonly StagedSession _session = StagedSession.Started();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Each_kind_counts_once_for_each_time()
    {
        for (int i = 0; i < 2; i++)
        {
            _session.Backend.Print(_session.Now, "x\e[65535b");
            _session.Backend.Print(_session.Now, "\e[" + new string('1', 500) + "m");
        }

        _session.Backend.Print(_session.Now, "\e]0;" + new string('t', 20_000) + "\a");
        _session.Backend.Print(_session.Now, "e" + new string('\u0301', 20));
        Assert.Equal(
            ["repeat=2", "osc=1", "combining=4", "bytes=2"],
            Scrape().Where(series => series.Name == "moshbroker_parser_budget_exceeded_total").Select(series => $"{series.Labels["kind"]}={series.Value}"));
    }

    private List<ScrapedSeries> Scrape()
    {
        MetricsText text = new(isOpenMetrics: false);
        _session.Host.Metrics.Registry.WriteTo(text);
        text.End();
        return ScrapedSeries.Parse(Encoding.UTF8.GetString(text.Written.Span));
    }
}
