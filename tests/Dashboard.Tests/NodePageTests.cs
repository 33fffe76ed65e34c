using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

/// <summary>A node that goes and comes back, as somebody sees it who has its page open.</summary>
[Collection(DashboardGroup.Name)]
public sealed class NodePageTests(DashboardFixture dashboard)
{
    [Fact]
    public async Task A_node_that_is_draining_says_so_on_its_page_without_loading_it_again()
    {
        await using ManySessions broker = await ManySessions.StartAsync(3);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/nodes");
        await Assertions.Expect(browser.Page.Locator("#state")).ToHaveTextAsync("ready");

        broker.Feed.Node = broker.Feed.Node with { IsDraining = true, NotReadyBecause = "another process goes on with its sessions", Sessions = 2 };
        await Assertions.Expect(browser.Page.Locator("#state")).ToHaveTextAsync("draining: another process goes on with its sessions");
        await Assertions.Expect(browser.Page.Locator("#load")).ToContainTextAsync("2 of 999 sessions");
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task Whoever_looks_at_a_broker_that_stops_is_told_and_finds_its_starts_afterwards()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--http", $"127.0.0.1:{FreeTcpPorts.One()}");
        async Task<string> LinkAsync() => (await broker.CommandAsync("token", "create", "--once", "--role", "admin")).Output.Trim();
        string link = await LinkAsync();
        await using BrowserPage browser = await dashboard.OpenAsync(address: new Uri(link).GetLeftPart(UriPartial.Authority));
        await browser.Page.GotoAsync(link);
        await browser.Page.GotoAsync("/nodes");
        await Assertions.Expect(browser.Page.Locator("#starts tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(browser.Page.Locator("#facts")).ToContainTextAsync("MB in RAM");
        await broker.StopAsync();
        await Assertions.Expect(browser.Page.Locator("#live")).ToContainTextAsync("The node is draining: the broker is shutting down");

        await broker.RunAsync();
        await browser.Page.GotoAsync(await LinkAsync());
        await browser.Page.GotoAsync("/nodes");
        await Assertions.Expect(browser.Page.Locator("#starts tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(browser.Page.Locator("#starts tbody tr").First).ToContainTextAsync("stopped");
        await browser.PictureAsync("nodes-restarted");
    }
}
