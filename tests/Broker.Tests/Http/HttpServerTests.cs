using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http;
using MoshBroker.Http.Feeds;
using Xunit;

namespace MoshBroker.Broker.Tests.Http;

public sealed class HttpServerTests : IAsyncLifetime
{
    private readonly StandInFeed _feed = new();
    private readonly WebFixture _web;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private HttpServer _server = null!;

    public HttpServerTests() => _web = new WebFixture(_feed);

    public async Task InitializeAsync()
    {
        _server = await StartAsync(Options("127.0.0.1:0", "[::1]:0"));
        _client.DefaultRequestHeaders.Authorization = new("Bearer", _web.TokenOf(DashboardRole.Admin));
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _web.Dispose();
    }

    private static ServeOptions Options(string? http, string? metrics) => new()
    {
        DataDirectory = "/d",
        SocketPath = "/s",
        Ports = [],
        Store = new StoreAddress.Sqlite("/d/x"),
        Node = "n",
        Http = http is null ? null : IPEndPoint.Parse(http),
        Metrics = metrics is null ? null : IPEndPoint.Parse(metrics),
    };

    private Task<HttpServer> StartAsync(ServeOptions options) => HttpServer.StartAsync(options, _web.Parts, logging: null, TimeProvider.System, default);

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(IPEndPoint? endPoint, string path, string? host = null, HttpMethod? method = null)
    {
        using HttpResponseMessage response = await SendAsync(endPoint, path, host, method);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(IPEndPoint? endPoint, string path, string? host = null, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, $"http://{endPoint}{path}");
        request.Headers.Host = host;
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    [Fact]
    public async Task The_page_shows_who_is_there_and_what_needs_attention()
    {
        _feed.Sessions = [SampleViews.Session()];
        _feed.Detections = [SampleViews.Detection("auth_failure_burst", 7)];
        (HttpStatusCode status, string body) = await GetAsync(_server.Dashboard, "/");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.All(["node-1", "1 of 999", "auth failure burst", "/sessions?verdict=path_lossy"], text => Assert.Contains(text, body, StringComparison.Ordinal));
        Assert.Contains("all addresses, ports 60001:60999", (await GetAsync(_server.Dashboard, "/nodes")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_sessions_the_page_says_how_to_start_one()
    {
        string body = (await GetAsync(_server.Dashboard, "/")).Body;

        Assert.Matches("id=\"empty\">", body);
        Assert.Contains("mosh --server=\"moshbroker open\" you@node-1", WebUtility.HtmlDecode(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_takes_no_sessions_says_why_on_its_page()
    {
        _feed.Node = SampleViews.Node("the store is lost");

        Assert.Contains("Not accepting sessions: the store is lost", (await GetAsync(_server.Dashboard, "/")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/js/overview.js")]
    [InlineData("/none")]
    public async Task Every_answer_carries_the_guards(string path)
    {
        using HttpResponseMessage response = await SendAsync(_server.Dashboard, path);

        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], response.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_page_holds_no_inline_script_or_style()
    {
        _feed.Sessions = [SampleViews.Session()];
        string body = (await GetAsync(_server.Dashboard, "/")).Body;

        Assert.DoesNotMatch("""<style|style=|\son[a-z]+=|<script(?! type="module" src="/js/)""", body);
    }

    [Theory]
    [InlineData("/js/overview.js", "text/javascript")]
    [InlineData("/css/broker.css", "text/css")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    public async Task Files_come_from_the_assembly_with_their_type(string path, string type)
    {
        using HttpResponseMessage response = await SendAsync(_server.Dashboard, path);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(response.Headers.ETag);
    }

    [Theory]
    [InlineData("/none")]
    [InlineData("/js/")]
    [InlineData("/js/../../Overview.razor")]
    [InlineData("/wwwroot/js/overview.js")]
    [InlineData("/livez")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_server.Dashboard, path)).Status);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Only_reading_is_allowed(string method)
    {
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await GetAsync(_server.Dashboard, "/", method: new HttpMethod(method))).Status);
    }

    [Theory]
    [InlineData("localhost:8080", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example:8080", false)]
    [InlineData("192.0.2.1", false)]
    public async Task On_loopback_only_loopbacks_names_are_answered(string host, bool isAnswered)
    {
        HttpStatusCode expected = isAnswered ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest;

        Assert.Equal(expected, (await GetAsync(_server.Dashboard, "/", host)).Status);
        Assert.Equal(expected, (await GetAsync(_server.Health, "/livez", host)).Status);
    }

    [Fact]
    public async Task On_another_address_any_name_is_answered()
    {
        await using HttpServer server = await StartAsync(Options("0.0.0.0:0", null));

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(new IPEndPoint(IPAddress.Loopback, server.Dashboard!.Port), "/", "broker.example")).Status);
    }

    [Fact]
    public async Task Health_is_served_on_its_own_address_only()
    {
        Assert.Equal((HttpStatusCode.OK, "alive\n"), await GetAsync(_server.Health, "/livez"));
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(_server.Health, "/readyz"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_server.Health, "/")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_server.Health, "/feed/overview")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(_server.Health, "/js/overview.js")).Status);
    }

    [Fact]
    public async Task A_broker_that_is_not_ready_lives_and_says_why()
    {
        _feed.Node = SampleViews.Node("draining");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: draining\n"), await GetAsync(_server.Health, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(_server.Health, "/livez")).Status);
    }

    [Fact]
    public async Task One_address_can_serve_both()
    {
        int port = FreePort();
        await using HttpServer server = await StartAsync(Options($"127.0.0.1:{port}", $"127.0.0.1:{port}"));

        Assert.Equal(server.Dashboard, server.Health);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server.Health, "/livez")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(server.Dashboard, "/")).Status);
    }

    [Fact]
    public async Task With_both_off_nothing_listens()
    {
        await using HttpServer server = await StartAsync(Options(null, null));

        Assert.Equal((null, null), (server.Dashboard, server.Health));
    }

    [Theory]
    [InlineData(true, "--http")]
    [InlineData(false, "--metrics")]
    public async Task A_port_in_use_is_one_line_with_its_flag(bool isHttp, string flag)
    {
        string taken = _server.Dashboard!.ToString();
        StartRefusedException refused = await Assert.ThrowsAsync<StartRefusedException>(
            () => StartAsync(isHttp ? Options(taken, null) : Options(null, taken)));

        Assert.Equal($"{flag} {taken} is in use by another program: stop that one, or give {flag} ADDR:PORT or off", refused.Message);
    }

    [Fact]
    public async Task A_foreign_address_is_one_line_with_its_flag()
    {
        StartRefusedException refused = await Assert.ThrowsAsync<StartRefusedException>(() => StartAsync(Options("192.0.2.77:0", null)));

        Assert.StartsWith("--http 192.0.2.77:0 is not an address of this machine", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_feed_tells_what_changed_and_ends_with_the_broker()
    {
        using HttpResponseMessage response = await SendAsync(_server.Dashboard, "/feed/overview");
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);

        Assert.Empty((await NextAsync(reader)).Attention);
        _feed.Sessions = [SampleViews.Session()];
        Assert.Equal("/sessions?verdict=path_lossy", Assert.Single((await NextAsync(reader)).Attention).Link);
        _feed.Node = SampleViews.Node("the broker is shutting down");
        await _server.DisposeAsync();
        Assert.Equal("event: leaving", await reader.ReadLineAsync());
        Assert.Equal("data: [\"the broker is shutting down\"]", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Starts_are_told_with_what_became_of_the_process_before()
    {
        foreach (string name in (string[])[AuditEventName.BrokerStart, AuditEventName.BrokerStop, AuditEventName.BrokerStart, AuditEventName.BrokerStart])
        {
            _web.Trail.Add(new AuditEvent(name) { More = AuditEvent.Attribute("service.version", "0.1.0") });
        }

        NodeStartView[] starts = (await _client.GetFromJsonAsync<NodeStartView[]>(new Uri($"http://{_server.Dashboard}/api/v1/node/starts")))!;
        Assert.Equal(["was killed", "stopped", ""], starts.Select(start => start.Before));
        Assert.All(starts, start => Assert.Equal("0.1.0", start.Version));
    }

    [Fact]
    public void A_node_is_shown_with_what_bounds_it_and_what_went_on_from_before()
    {
        NodePageView node = NodePageView.Of(SampleViews.Node() with { CapacityLimit = "UDP ports", Handovers = [new HandoverView("crash", DateTimeOffset.UnixEpoch, 3, 1, 0.84)] })!;
        Assert.Equal(("ready", "good", "1 of 999 sessions; the bound is UDP ports"), (node.State, node.Kind, node.Load));
        Assert.Equal([new FactView("Crash, 1970-01-01 00:00:00 UTC", "3 sessions went on, the last after 0.8 s; 1 could not")], node.Handovers);
        NodePageView draining = NodePageView.Of(SampleViews.Node("the broker is shutting down") with { IsDraining = true })!;
        Assert.Equal(("draining: the broker is shutting down", "fair"), (draining.State, draining.Kind));
    }

    [Fact]
    public async Task No_more_feeds_are_served_than_are_good_for_the_sessions()
    {
        List<HttpResponseMessage> feeds = [];
        for (int i = 0; i < FeedHost.MaxViewers; i++) { feeds.Add(await SendAsync(_server.Dashboard, "/feed/overview")); }

        Assert.All(feeds, feed => Assert.Equal(HttpStatusCode.OK, feed.StatusCode));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync(_server.Dashboard, "/feed/overview")).Status);
        feeds.ForEach(feed => feed.Dispose());
    }

    private static async Task<OverviewView> NextAsync(StreamReader reader)
    {
        string line = (await reader.ReadLineAsync())!;
        Assert.StartsWith("data: ", line, StringComparison.Ordinal);
        Assert.Equal("", await reader.ReadLineAsync());
        return JsonSerializer.Deserialize(line["data: ".Length..], FeedJson.Default.OverviewView)!;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
