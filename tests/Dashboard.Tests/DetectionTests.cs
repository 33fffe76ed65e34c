using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

/// <summary>Somebody attacks, and whoever looks sees it.</summary>
[Collection(DashboardGroup.Name)]
public sealed class DetectionTests(DashboardFixture dashboard)
{
    private const int Datagrams = 120; // In the rule's ten seconds: more than twice what it takes for a burst.

    [Fact]
    public async Task Garbage_from_a_stranger_shows_on_pages_that_are_open()
    {
        OpenedSession session = await dashboard.Broker.OpenAsync(dashboard.Home.Environment, ["bash", "--norc"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, dashboard.Home);
        await terminal.WaitForTextAsync("p1>");
        await using BrowserPage overview = await dashboard.LoggedInAsync();
        await using BrowserPage udp = await dashboard.LoggedInAsync();
        await overview.Page.GotoAsync("/");
        await udp.Page.GotoAsync("/udp");
        await Assertions.Expect(udp.Page.Locator("#detections li.critical")).ToHaveCountAsync(0);
        foreach (BrowserPage browser in (BrowserPage[])[overview, udp]) { await browser.Page.EvaluateAsync("() => { window.isTheSamePage = true; }"); }

        // Whoever was a client of this broker lately is no stranger: the attacker has an address of his own.
        using Socket attacker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        attacker.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0));
        byte[] garbage = new byte[60];
        for (int i = 0; i < Datagrams; i++)
        {
            Random.Shared.NextBytes(garbage);
            garbage[0] &= 0x7f; // As from a client.
            attacker.SendTo(garbage, session.On(IPAddress.Loopback));
        }

        ILocator detection = udp.Page.Locator("#detections li.critical", new PageLocatorOptions { HasTextString = "auth failure burst" });
        await Assertions.Expect(detection).ToBeVisibleAsync();
        await Assertions.Expect(detection).ToContainTextAsync("failures per second");
        await Assertions.Expect(detection).ToContainTextAsync("127.0.0.0/24");
        await Assertions.Expect(detection.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = session.Id })).ToBeVisibleAsync();
        await Assertions.Expect(udp.Page.Locator("#drops")).ToContainTextAsync("auth failed");
        ILocator attention = overview.Page.Locator("#attention li.critical a", new PageLocatorOptions { HasTextString = "auth failure burst" });
        await Assertions.Expect(attention).ToBeVisibleAsync();
        foreach (BrowserPage browser in (BrowserPage[])[overview, udp])
        {
            Assert.True(await browser.Page.EvaluateAsync<bool>("() => window.isTheSamePage === true"), "the page was loaded again");
            Assert.Empty(await browser.AccessibilityFaultsAsync());
            Assert.Empty(browser.Complaints);
        }

        await overview.PictureAsync("overview-detection");
        await udp.PictureAsync("udp-detection");
        await attention.ClickAsync();
        await Assertions.Expect(overview.Page.Locator("#detections li:target")).ToContainTextAsync("auth failure burst");
    }
}
