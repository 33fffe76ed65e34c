using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MoshBroker.Audit;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Http;
using MoshBroker.Http.Access;
using MoshBroker.Http.Api;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Http;

public sealed class AccessTests : IAsyncLifetime
{
    private static readonly Policy TwoTenants = Policies.Read(
        $$"""
        version: 1
        tenants:
          alpha:
            networks: [10.0.0.0/8]
            users: { ann: { keys: [{{Policies.AnnsKey}}] } }
            targets: { shell: { ssh: { host: host-of-alpha, user: deploy, host_keys: [{{Policies.HostKey}}], identity_file: /etc/id } } }
            access: [{ users: [ann], targets: [shell] }]
          beta:
            networks: [10.0.0.0/8]
            users: { bea: { keys: [{{Policies.BobsKey}}] } }
            targets: { shell: { ssh: { host: host-of-beta, user: deploy, host_keys: [{{Policies.HostKey}}], identity_file: /etc/id } } }
            access: [{ users: [bea], targets: [shell] }]

        """);

    private readonly StandInFeed _feed = new();
    private readonly WebFixture _web;
    private HttpServer _server = null!;

    public AccessTests() => _web = new WebFixture(_feed);

    public async Task InitializeAsync()
    {
        ServeOptions options = new()
        {
            DataDirectory = "/d",
            SocketPath = "/s",
            Ports = [],
            Store = new StoreAddress.Sqlite("/d/x"),
            Node = "n",
            Http = IPEndPoint.Parse("127.0.0.1:0"),
            HttpProxyPath = ProxyPath,
        };
        _server = await HttpServer.StartAsync(options, _web.Parts, logging: null, TimeProvider.System, default);
        _feed.Sessions = [Of("aaaa0001", "alpha"), Of("bbbb0001", "beta")];
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _web.Dispose();
    }

    private string ProxyPath => Path.Combine(_web.Folder, "proxy.sock");

    private HttpClient Proxy(string? user, string? groups = null)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellation) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(ProxyPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        HttpClient client = new(handler) { BaseAddress = new Uri("http://broker.example"), Timeout = TimeSpan.FromSeconds(20) };
        if (user is not null) { client.DefaultRequestHeaders.Add(ProxyIdentities.UserHeader, user); }
        if (groups is not null) { client.DefaultRequestHeaders.Add(ProxyIdentities.GroupsHeader, groups); }
        return client;
    }

    private static SessionView Of(string id, string tenant) =>
        SampleViews.Session(id, command: $"command-of-{tenant}", user: $"user-of-{tenant}") with { Tenant = tenant, Target = $"target-of-{tenant}" };

    private HttpClient Client(string? token = null)
    {
        HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{_server.Dashboard}"), Timeout = TimeSpan.FromSeconds(20) };
        if (token is not null) { client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token); }
        return client;
    }

    private static async Task<string> LogInAsync(HttpClient client, string token)
    {
        using FormUrlEncodedContent form = new([new("token", token), new("next", "/sessions")]);
        using HttpResponseMessage response = await client.PostAsync(new Uri("/login/token", UriKind.Relative), form);
        Assert.Equal((HttpStatusCode.Redirect, "/sessions"), (response.StatusCode, response.Headers.Location?.ToString()));
        return Assert.Single(response.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task Detections_are_told_to_whoever_sees_the_node_and_of_others_troubles_not_even_the_numbers()
    {
        _feed.Detections =
        [
            new DetectionView(2, "old_replays", DateTimeOffset.UnixEpoch, null, new Dictionary<string, double> { ["replays_per_second"] = 9 }, [new NetworkCount("203.0.113.0/24", 9)], ["aaaa0001", "bbbb0001"], ["alpha", "beta"], ["session bbbb0001 locked"]),
            new DetectionView(1, "source_churn", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, new Dictionary<string, double> { ["prefixes_in_5_minutes"] = 900 }, [], [], [], []),
        ];
        using HttpClient whole = Client(_web.TokenOf(DashboardRole.Viewer));
        using HttpClient alpha = Client(_web.TokenOf(DashboardRole.Viewer, "alpha"));
        string all = await whole.GetStringAsync(new Uri("/api/v1/detections", UriKind.Relative));
        string one = await whole.GetStringAsync(new Uri("/api/v1/detections?rule=source_churn", UriKind.Relative));
        string own = await alpha.GetStringAsync(new Uri("/api/v1/detections", UriKind.Relative));

        Assert.Contains("\"network\":\"203.0.113.0/24\",\"count\":9", all, StringComparison.Ordinal);
        Assert.Contains("source_churn", all, StringComparison.Ordinal);
        Assert.DoesNotContain("old_replays", one, StringComparison.Ordinal);
        Assert.Contains("\"sessions\":[\"aaaa0001\"],\"tenants\":[\"alpha\"]", own, StringComparison.Ordinal);
        foreach (string others in (string[])["bbbb", "beta", "203.0.113", "source_churn", "replays_per_second"]) { Assert.DoesNotContain(others, own, StringComparison.Ordinal); }
    }

    [Theory]
    [InlineData("/", HttpStatusCode.Redirect)]
    [InlineData("/sessions", HttpStatusCode.Redirect)]
    [InlineData("/feed/overview", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/sessions", HttpStatusCode.Unauthorized)]
    [InlineData("/api/v1/detections", HttpStatusCode.Unauthorized)]
    [InlineData("/none", HttpStatusCode.Redirect)]
    [InlineData("/login", HttpStatusCode.OK)]
    public async Task Nobody_sees_anything_but_the_way_in(string path, HttpStatusCode status)
    {
        using HttpClient nobody = Client();
        using HttpResponseMessage response = await nobody.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        string body = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("alpha", body, StringComparison.Ordinal);
        Assert.DoesNotContain("node-1", body, StringComparison.Ordinal);
        if (status == HttpStatusCode.Redirect) { Assert.StartsWith("/login?next=", response.Headers.Location!.ToString(), StringComparison.Ordinal); }
    }

    [Theory]
    [InlineData("Bearer mbt_guessed")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    public async Task A_credential_that_is_none_is_refused(string authorization)
    {
        using HttpClient client = Client();
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/sessions");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("moshbroker token create", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_is_for_this_browser_and_this_site_only()
    {
        using HttpClient client = Client();
        string cookie = await LogInAsync(client, _web.TokenOf(DashboardRole.Viewer));

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("200", $"{(int)(await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode}", StringComparison.Ordinal);
        Assert.Equal(AuditEventName.DashboardLogin, Assert.Single(_web.Audit.Events).Name);
    }

    [Fact]
    public async Task A_revoked_token_ends_what_was_logged_in_by_it()
    {
        (AccessToken token, string secret) = _web.Tokens.Create(new AccessTokenRequest("ann", DashboardRole.Viewer, null, false, false, null, false));
        using HttpClient client = Client();
        await LogInAsync(client, secret);
        Assert.True(_web.Tokens.Revoke(token.Id));

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_feed_ends_with_the_right_to_it(bool isBrowser)
    {
        (AccessToken token, string secret) = _web.Tokens.Create(new AccessTokenRequest("ann", DashboardRole.Viewer, null, false, false, null, false));
        using HttpClient client = Client(isBrowser ? null : secret);
        if (isBrowser) { await LogInAsync(client, secret); }
        using HttpResponseMessage feed = await client.GetAsync(new Uri("/feed/overview", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await feed.Content.ReadAsStreamAsync());
        Assert.StartsWith("data: ", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.True(_web.Tokens.Revoke(token.Id));

        string rest = await reader.ReadToEndAsync();
        Assert.DoesNotContain("leaving", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scripts_token_is_noted_once_in_a_while_and_an_emergencys_as_what_it_is()
    {
        (_, string secret) = _web.Tokens.Create(new AccessTokenRequest("on call", DashboardRole.Admin, null, false, IsBreakGlass: true, null, false));
        using HttpClient client = Client(secret);
        for (int i = 0; i < 3; i++) { await client.GetAsync(new Uri("/api/v1/me", UriKind.Relative)); }

        AuditEvent noted = Assert.Single(_web.Audit.Events);
        Assert.Equal((AuditEventName.DashboardLogin, "on call", "break_glass"), (noted.Name, noted.User, noted.Reason));
    }

    [Fact]
    public async Task Whoever_logs_out_is_out()
    {
        using HttpClient client = Client();
        await LogInAsync(client, _web.TokenOf(DashboardRole.Viewer));
        await client.PostAsync(new Uri("/logout", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_link_logs_one_browser_in_once()
    {
        (_, string secret) = _web.Tokens.Create(new AccessTokenRequest("dev", DashboardRole.Admin, null, true, false, null, Once: true));
        Uri link = new($"/login/once?token={secret}", UriKind.Relative);
        using HttpClient first = Client();
        using HttpClient second = Client();
        using HttpResponseMessage let = await first.GetAsync(link);
        using HttpResponseMessage again = await second.GetAsync(link);

        Assert.Equal("/", let.Headers.Location!.ToString());
        Assert.True(let.Headers.Contains("Set-Cookie"));
        Assert.Equal("/login?failed=once", again.Headers.Location!.ToString());
        Assert.False(again.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync(new Uri("/", UriKind.Relative))).StatusCode);
        using HttpClient bearer = Client(secret);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bearer.GetAsync(new Uri("/api/v1/me", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    public async Task A_login_leads_nowhere_else(string next)
    {
        using HttpClient client = Client();
        using FormUrlEncodedContent form = new([new("token", _web.TokenOf(DashboardRole.Viewer)), new("next", next)]);
        using HttpResponseMessage response = await client.PostAsync(new Uri("/login/token", UriKind.Relative), form);

        Assert.Equal("/", response.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Another_sites_page_cannot_log_a_browser_in()
    {
        using HttpClient client = Client();
        client.DefaultRequestHeaders.Add("Origin", "http://evil.example");
        using FormUrlEncodedContent form = new([new("token", _web.TokenOf(DashboardRole.Viewer))]);
        using HttpResponseMessage response = await client.PostAsync(new Uri("/login/token", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/sessions")]
    [InlineData("/sessions/bbbb0001")]
    [InlineData("/feed/overview")]
    [InlineData("/feed/table")]
    [InlineData("/feed/udp")]
    [InlineData("/feed/nodes")]
    [InlineData("/api/v1/node/starts")]
    [InlineData("/feed/sessions/bbbb0001")]
    [InlineData("/feed/sessions/bbbb0001/screen")]
    [InlineData("/tenants")]
    [InlineData("/tenants?user=bea&of=beta&from=10.0.0.1")]
    [InlineData("/audit")]
    [InlineData("/audit?tenant=beta")]
    [InlineData("/nodes")]
    [InlineData("/posture")]
    [InlineData("/api/v1/tenants")]
    [InlineData("/api/v1/access?tenant=beta&user=bea&from=10.0.0.1")]
    [InlineData("/api/v1/audit")]
    [InlineData("/api/v1/audit?tenant=beta")]
    [InlineData("/api/v1/posture")]
    [InlineData("/api/v1/detections")]
    [InlineData("/udp")]
    [InlineData("/recordings")]
    [InlineData("/recordings/beta/20260701T120000Z-bbbb0001")]
    [InlineData("/api/v1/recordings")]
    [InlineData("/api/v1/recordings/beta/20260701T120000Z-bbbb0001")]
    [InlineData("/api/v1/recordings/alpha/..%2Fbeta%2F20260701T120000Z-bbbb0001")]
    [InlineData("/feed/pulse")]
    [InlineData("/api/v1/udp")]
    [InlineData("/api/v1/node")]
    [InlineData("/api/v1/sessions")]
    [InlineData("/api/v1/sessions?tenant=beta")]
    [InlineData("/api/v1/sessions/bbbb0001")]
    [InlineData("/api/v1/sessions/bbbb0001/history")]
    public async Task A_viewer_of_one_tenant_finds_nothing_of_another(string path)
    {
        _web.Policy = TwoTenants;
        _web.Trail.Add(new AuditEvent("login") { Tenant = "beta", User = "user-of-beta" });
        _web.Record("beta", "20260701T120000Z-bbbb0001");
        foreach (DashboardRole role in new[] { DashboardRole.Viewer, DashboardRole.Operator, DashboardRole.Auditor })
        {
            await FindsNothingAsync(path, _web.TokenOf(role, "alpha", watches: true));
        }
    }

    private async Task FindsNothingAsync(string path, string token)
    {
        using HttpClient client = Client(token);
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        string body = response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? await new StreamReader(await response.Content.ReadAsStreamAsync()).ReadLineAsync() ?? ""
            : await response.Content.ReadAsStringAsync();

        Assert.DoesNotContain("-of-beta", body, StringComparison.Ordinal);
        Assert.DoesNotContain("2 of", body, StringComparison.Ordinal);
        Assert.DoesNotContain("host-of-beta", body, StringComparison.Ordinal);
        Assert.DoesNotContain("strangers cost", body, StringComparison.Ordinal);
        if (path.Contains("bbbb", StringComparison.Ordinal)) { Assert.Equal(HttpStatusCode.NotFound, response.StatusCode); }
    }

    [Fact]
    public async Task Every_route_is_walked_by_the_test_of_tenants()
    {
        using HttpClient client = Client(_web.TokenOf(DashboardRole.Admin));
        string document = await client.GetStringAsync(new Uri("/api/v1/openapi.json", UriKind.Relative));
        using System.Text.Json.JsonDocument parsed = System.Text.Json.JsonDocument.Parse(document);
        string[] walked = [.. typeof(AccessTests).GetMethod(nameof(A_viewer_of_one_tenant_finds_nothing_of_another))!.GetCustomAttributes(typeof(InlineDataAttribute), false)
            .Cast<InlineDataAttribute>().Select(data => ((string)data.GetData(null!).Single()[0]).Split('?')[0].Replace("beta/20260701T120000Z-bbbb0001", "{tenant}/{name}", StringComparison.Ordinal).Replace("bbbb0001", "{id}", StringComparison.Ordinal))];
        string[] reads = [.. parsed.RootElement.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("get", out _)).Select(path => path.Name)];

        Assert.NotEmpty(reads);
        Assert.Empty(reads.Except(["/api/v1/me", "/api/v1/openapi.json"]).Except(walked));
    }

    [Fact]
    public async Task An_auditor_of_a_tenant_reads_its_events_and_an_admin_all()
    {
        _web.Trail.Add(new AuditEvent("login") { Tenant = "alpha", User = "user-of-alpha" });
        _web.Trail.Add(new AuditEvent("login") { Tenant = "beta", User = "user-of-beta" });
        using HttpClient auditor = Client(_web.TokenOf(DashboardRole.Auditor, "alpha"));
        using HttpClient admin = Client(_web.TokenOf(DashboardRole.Admin));
        using HttpClient viewer = Client(_web.TokenOf(DashboardRole.Viewer));
        Uri trail = new("/api/v1/audit", UriKind.Relative);

        Assert.Equal(["user-of-alpha"], (await auditor.GetFromJsonAsync<AuditEventView[]>(trail))!.Select(happened => happened.User));
        Assert.Equal(["user-of-beta", "user-of-alpha"], (await admin.GetFromJsonAsync<AuditEventView[]>(trail))!.Select(happened => happened.User));
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(trail)).StatusCode);
    }

    [Theory]
    [InlineData("ann", "10.0.0.1", true, "reaches shell")]
    [InlineData("ann", "192.0.2.1", false, "outside the networks")]
    [InlineData("nobody", "10.0.0.1", null, "has no user")]
    [InlineData("ann", "here", null, "not an IP address")]
    public async Task Whether_somebody_is_let_in_is_answered_with_the_reason(string user, string from, bool? isAllowed, string why)
    {
        _web.Policy = TwoTenants;
        using HttpClient client = Client(_web.TokenOf(DashboardRole.Operator, "alpha"));
        AccessAnswer answer = (await client.GetFromJsonAsync<AccessAnswer>(new Uri($"/api/v1/access?tenant=alpha&user={user}&target=shell&from={from}", UriKind.Relative)))!;

        Assert.Equal(isAllowed, answer.IsAllowed);
        Assert.Contains(why, answer.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("lock")]
    [InlineData("unlock")]
    [InlineData("channels/1/detach")]
    public async Task An_action_needs_the_role_for_the_tenant(string action)
    {
        using HttpClient viewer = Client(_web.TokenOf(DashboardRole.Viewer, "alpha"));
        using HttpClient another = Client(_web.TokenOf(DashboardRole.Operator, "beta"));
        using HttpClient its = Client(_web.TokenOf(DashboardRole.Operator, "alpha"));
        Uri at = new($"/api/v1/sessions/aaaa0001/{action}", UriKind.Relative);

        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync(at, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await another.PostAsync(at, null)).StatusCode);
        Assert.Empty(_web.Actions.Done);
        Assert.Equal(HttpStatusCode.NoContent, (await its.PostAsync(at, null)).StatusCode);
        Assert.Contains("aaaa0001 by Operator of alpha", Assert.Single(_web.Actions.Done), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_is_turned_away_can_be_let_in_again_or_kept_out_longer_by_an_operator_of_all()
    {
        ulong network = UdpAddress.From(IPAddress.Parse("203.0.113.9"), 1).Network;
        SourceFilter filter = _web.Numbers.Lookout.Filter;
        filter.Block(new MonoClock(TimeProvider.System).Now(), network, TimeSpan.FromMinutes(10));
        double SecondsLeft() => filter.Blocked(new MonoClock(TimeProvider.System).Now()).Where(block => block.Network == network).Sum(block => block.Left.TotalSeconds);
        double before = SecondsLeft();
        Assert.InRange(before, 1, 600);
        using HttpClient its = Client(_web.TokenOf(DashboardRole.Operator, "alpha"));
        using HttpClient admin = Client(_web.TokenOf(DashboardRole.Admin));
        Task<HttpResponseMessage> AskAsync(HttpClient client, string what) =>
            client.PostAsJsonAsync(new Uri($"/api/v1/blocks/{what}", UriKind.Relative), new { network = "203.0.113.0/24" });

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(its, "lift")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(admin, "extend")).StatusCode);
        Assert.True(SecondsLeft() > before + 60, $"{before} s, then {SecondsLeft()}");
        Assert.Equal(HttpStatusCode.NoContent, (await AskAsync(admin, "lift")).StatusCode);
        Assert.Equal(0, SecondsLeft());
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(admin, "lift")).StatusCode);
    }

    [Fact]
    public async Task A_browsers_action_needs_what_only_our_pages_know()
    {
        using HttpClient client = Client();
        await LogInAsync(client, _web.TokenOf(DashboardRole.Admin));
        Uri at = new("/api/v1/sessions/aaaa0001/close", UriKind.Relative);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync(at, null)).StatusCode);
        Assert.Empty(_web.Actions.Done);

        string page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        string token = Regex.Match(page, "data-antiforgery=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        client.DefaultRequestHeaders.Add(AccessGate.AntiforgeryHeader, token);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync(at, null)).StatusCode);
    }

    [Theory]
    [InlineData("hello", HttpStatusCode.NoContent)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("two\nlines", HttpStatusCode.BadRequest)]
    [InlineData("\e[2J", HttpStatusCode.BadRequest)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task A_message_is_one_printable_line(string? text, HttpStatusCode status)
    {
        using HttpClient client = Client(_web.TokenOf(DashboardRole.Operator));
        using HttpResponseMessage response = await client.PostAsJsonAsync(new Uri("/api/v1/sessions/aaaa0001/message", UriKind.Relative), new { text });

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.NoContent ? 1 : 0, _web.Actions.Done.Count);
    }

    [Fact]
    public async Task Beyond_all_measure_nothing_is_read()
    {
        using HttpClient client = Client(_web.TokenOf(DashboardRole.Operator));
        using HttpResponseMessage response = await client.PostAsJsonAsync(new Uri("/api/v1/sessions/aaaa0001/message", UriKind.Relative), new { text = new string('x', 100_000) });

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
        Assert.Empty(_web.Actions.Done);
    }

    [Theory]
    [InlineData("root@example.org", null, true, true)]
    [InlineData("somebody", "interns, sre", true, false)]
    [InlineData("ann", null, false, false)]
    public async Task A_proxys_users_have_the_rights_that_policy_gives_them(string user, string? groups, bool seesAll, bool watches)
    {
        _web.Policy = Policies.Read(Policies.Example);
        _feed.Sessions = [Of("aaaa0001", "acme"), Of("bbbb0001", "beta")];
        using HttpClient client = Proxy(user, groups);
        ApiPrincipal who = (await client.GetFromJsonAsync(new Uri("/api/v1/me", UriKind.Relative), ApiJson.Default.ApiPrincipal))!;

        Assert.Equal(user, who.Name);
        Assert.Equal(seesAll ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/api/v1/sessions/bbbb0001", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/api/v1/sessions/aaaa0001", UriKind.Relative))).StatusCode);
        Assert.Equal(watches, who.Grants.Any(grant => grant.MayWatch && grant.Tenant is null));
        Assert.Equal("proxy", Assert.Single(_web.Audit.Events).Reason);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nobody-of-policy")]
    [InlineData("bob")]
    public async Task Whom_policy_gives_nothing_sees_nothing(string? user)
    {
        _web.Policy = Policies.Read(Policies.Example);
        using HttpClient client = Proxy(user);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain("node-1", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Elsewhere_a_proxys_headers_mean_nothing_and_there_a_token_does_not()
    {
        _web.Policy = Policies.Read(Policies.Example);
        using HttpClient outside = Client();
        outside.DefaultRequestHeaders.Add(ProxyIdentities.UserHeader, "root@example.org");
        using HttpClient inside = Proxy(null);
        inside.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _web.TokenOf(DashboardRole.Admin));

        Assert.Equal(HttpStatusCode.Unauthorized, (await outside.GetAsync(new Uri("/api/v1/me", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await inside.GetAsync(new Uri("/api/v1/me", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task An_action_through_a_proxy_needs_what_only_our_pages_know()
    {
        _web.Policy = Policies.Read(Policies.Example);
        using HttpClient client = Proxy("root@example.org");
        Uri at = new("/api/v1/sessions/aaaa0001/close", UriKind.Relative);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync(at, null)).StatusCode);

        string page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        client.DefaultRequestHeaders.Add(AccessGate.AntiforgeryHeader, Regex.Match(page, "data-antiforgery=\"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync(at, null)).StatusCode);
    }

    [Fact]
    public void The_proxys_socket_is_its_owners_and_its_groups()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, File.GetUnixFileMode(ProxyPath));
    }

    [Fact]
    public void Tokens_are_kept_by_their_hashes_for_their_owner_only()
    {
        string secret = _web.TokenOf(DashboardRole.Viewer, "alpha");
        string file = Path.Combine(_web.Folder, AccessTokens.FileName);

        Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal("alpha", AccessTokens.Load(_web.Folder, TimeProvider.System).Find(secret)?.Tenant);
    }
}
