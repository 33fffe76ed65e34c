using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

[Collection(DashboardGroup.Name)]
public sealed class EveryPageTests(DashboardFixture dashboard)
{
    public static TheoryData<string, string> Pages => new()
    {
        { "overview", "/" },
        { "sessions", "/sessions" },
        { "session", "/sessions/00000001" },
        { "tenants", "/tenants?user=ann&of=acme&target=web-1&from=10.0.0.1" },
        { "udp", "/udp" },
        { "nodes", "/nodes" },
        { "posture", "/posture" },
        { "audit", "/audit" },
        { "recordings", "/recordings" },
        { "recording", "/recordings/acme/20260701T120000Z-0a1b2c3d" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_fits_and_reads_well_in_both_themes_and_widths(string name, string path)
    {
        await using ManySessions broker = await ManySessions.StartAsync(40);
        foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            foreach (int width in new[] { 1280, 390 })
            {
                await using BrowserPage browser = await dashboard.LogInAsync(broker, width, scheme);
                await browser.Page.GotoAsync(path);
                await browser.Page.WaitForLoadStateAsync();
                Assert.True(await browser.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than {width}");
                Assert.Empty(await browser.AccessibilityFaultsAsync());
                Assert.Empty(browser.Complaints);
                await browser.PictureAsync($"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2000)]
    public async Task Every_page_stands_with_however_many_sessions(int sessions)
    {
        await using ManySessions broker = await ManySessions.StartAsync(sessions);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        foreach ((string name, string path) in Pages.Select(page => ((string)page[0], (string)page[1])).Where(page => sessions > 0 || page.Item1 != "session"))
        {
            await browser.Page.GotoAsync(path.Replace("00000001", "00000000", StringComparison.Ordinal));
            await browser.Page.WaitForLoadStateAsync();
            await Assertions.Expect(browser.Page.Locator("main h1")).ToBeVisibleAsync();
            Assert.True(await browser.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the window");
            Assert.Empty(await browser.AccessibilityFaultsAsync());
            Assert.Empty(browser.Complaints);
            await browser.PictureAsync($"{name}-of-{sessions}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Everything_can_be_reached_by_the_keyboard(string name, string path)
    {
        Assert.NotEmpty(name);
        await using ManySessions broker = await ManySessions.StartAsync(5);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync(path);
        int wanted = await browser.Page.EvaluateAsync<int>(
            "() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(e => e.checkVisibility() && !e.disabled && e.closest('.tabulator, dialog') === null).length");
        HashSet<string> reached = [];
        for (int i = 0; i < wanted + 30; i++)
        {
            await browser.Page.Keyboard.PressAsync("Tab");
            string at = await browser.Page.EvaluateAsync<string>(
                "() => { const e = document.activeElement; return e === document.body || e.closest('.tabulator') ? '' : [...document.querySelectorAll('*')].indexOf(e) + ' ' + e.tagName; }");
            if (at.Length > 0) { reached.Add(at); }
        }

        Assert.True(reached.Count >= wanted, $"{reached.Count} of {wanted}: {string.Join(", ", reached)}");
    }
}
