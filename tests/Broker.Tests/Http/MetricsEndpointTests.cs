using System.IO.Compression;
using System.Net;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Configuration;
using MoshBroker.Http;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>The scrape, as HTTP.</summary>
public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private const string Plain = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly BrokerMetrics _metrics = new();
    private readonly WebFixture _web = new(new StandInFeed());
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        ServeOptions options = new() { DataDirectory = "/d", SocketPath = "/s", Ports = [], Store = new StoreAddress.Sqlite("/d/x"), Node = "n", Metrics = IPEndPoint.Parse("127.0.0.1:0") };
        SessionMetrics sessions = new(() => [new SessionReading { Session = "cafe0001", Tenant = "drop-in", Backend = "pty" }], () => new HashSet<string>(), "node-1", limit: 5);
        _server = await HttpServer.StartAsync(options, _web.Parts with { Metrics = new MetricsEndpoint(_metrics, sessions) }, logging: null, TimeProvider.System, default);
        _metrics.Echoed(0, BackendKind.Pty, 700, "cafe0001");
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _web.Dispose();
        _metrics.Dispose();
    }

    [Theory]
    [InlineData(null, Plain)]
    [InlineData("*/*", Plain)]
    [InlineData("text/plain", Plain)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", Plain)]
    [InlineData("application/openmetrics-text", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=1.0.0", OpenMetrics)]
    // Prometheus 2.42 and 3.x.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", OpenMetrics)]
    [InlineData("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.3", Plain)]
    [InlineData("application/openmetrics-text;q=0,text/plain;q=0.1", Plain)]
    [InlineData("application/openmetrics-text;version=2.0.0,text/plain;q=0.1", Plain)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;q=0.2", OpenMetrics)]
    [InlineData("nonsense;;;q=", Plain)]
    public async Task The_format_is_the_one_that_the_scraper_likes_best(string? accept, string type)
    {
        foreach (string path in (string[])["/metrics", "/metrics/sessions"])
        {
            using HttpResponseMessage response = await GetAsync(path, accept);
            Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
            Assert.Equal(type == OpenMetrics, (await response.Content.ReadAsStringAsync()).EndsWith("# EOF\n", StringComparison.Ordinal));
            Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
        }
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("deflate, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("br", false)]
    [InlineData(null, false)]
    public async Task It_is_packed_for_whoever_unpacks_it(string? coding, bool isPacked)
    {
        using HttpResponseMessage response = await GetAsync("/metrics", OpenMetrics, coding);
        Assert.Equal(isPacked ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        if (!isPacked) { Assert.Equal(body.Length, response.Content.Headers.ContentLength); }
        using Stream read = isPacked ? new GZipStream(new MemoryStream(body), CompressionMode.Decompress) : new MemoryStream(body);
        string page = await new StreamReader(read).ReadToEndAsync();
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
        Assert.Contains("# {session_id=\"cafe0001\"}", page, StringComparison.Ordinal);
        Assert.True(!isPacked || body.Length < page.Length / 4, $"{body.Length} of {page.Length}");
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(OpenMetrics)]
    public async Task Every_metric_is_described_once_before_its_samples_and_stands_together(string type)
    {
        using HttpResponseMessage response = await GetAsync("/metrics", type);
        string? family = null;
        HashSet<string> seen = [];
        Dictionary<string, string> kinds = [];
        foreach (string line in (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != "# EOF"))
        {
            string[] words = line.Split(' ', 4);
            if (words is ["#", "HELP", var described, var help])
            {
                Assert.True(seen.Add(described), $"{described} is described twice");
                Assert.False(string.IsNullOrWhiteSpace(help), line);
                family = described;
            }
            else if (words is ["#", "TYPE", var typed, var kind])
            {
                Assert.Equal(family, typed);
                Assert.Contains(kind, (string[])["counter", "gauge", "histogram"]);
                kinds[typed] = kind;
            }
            else if (words is ["#", "UNIT", var measured, var unit])
            {
                Assert.Equal(family, measured);
                Assert.Equal(OpenMetrics, type);
                Assert.EndsWith($"_{unit}", measured, StringComparison.Ordinal);
            }
            else
            {
                string suffix = line[family!.Length..].Split('{', ' ')[0];
                Assert.StartsWith(family, line, StringComparison.Ordinal);
                Assert.Contains(suffix, kinds[family] switch
                {
                    "counter" => type == OpenMetrics ? ["_total"] : [""],
                    "gauge" => [""],
                    _ => (string[])["_bucket", "_sum", "_count"],
                });
            }
        }

        Assert.True(seen.Count > 60, $"{seen.Count} metrics");
    }

    [Fact]
    public async Task A_session_can_be_asked_for_by_its_id_and_another_is_not_there()
    {
        using HttpResponseMessage one = await GetAsync("/metrics/sessions?session=cafe0001", Plain);
        using HttpResponseMessage none = await GetAsync("/metrics/sessions?session=cafe0002", Plain);
        Assert.Equal(9, ScrapedSeries.Parse(await one.Content.ReadAsStringAsync()).Count);
        Assert.Empty(ScrapedSeries.Parse(await none.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Many_scrapes_at_once_are_all_answered_in_full()
    {
        string[] pages = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            using HttpResponseMessage response = await GetAsync("/metrics", number % 2 == 0 ? Plain : OpenMetrics);
            return await response.Content.ReadAsStringAsync();
        }));
        Assert.All(pages, page => Assert.Contains("moshbroker_build_info", page, StringComparison.Ordinal));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept, string? coding = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{_server.Health}{path}");
        if (accept is not null) { request.Headers.TryAddWithoutValidation("Accept", accept); }
        if (coding is not null) { request.Headers.TryAddWithoutValidation("Accept-Encoding", coding); }
        return await _client.SendAsync(request);
    }
}
