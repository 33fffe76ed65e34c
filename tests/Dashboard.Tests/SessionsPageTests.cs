using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

[Collection(DashboardGroup.Name)]
public sealed partial class SessionsPageTests(DashboardFixture dashboard)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2000)]
    public async Task The_table_has_all_sessions_however_many(int sessions)
    {
        await using ManySessions broker = await ManySessions.StartAsync(sessions);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/sessions");

        await Assertions.Expect(browser.Page.Locator("#count")).ToHaveTextAsync($"{sessions}");
        // However many there are, only those in sight are drawn.
        Assert.InRange(await browser.Page.Locator(".tabulator-row").CountAsync(), Math.Min(sessions, 1), 120);
        Assert.Empty(await browser.AccessibilityFaultsAsync());
        Assert.Empty(browser.Complaints);
        await browser.PictureAsync($"sessions-{sessions}");
    }

    [Fact]
    public async Task What_is_searched_filtered_and_sorted_stands_in_the_address()
    {
        await using ManySessions broker = await ManySessions.StartAsync(600);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/sessions");
        await Assertions.Expect(browser.Page.Locator("#count")).ToHaveTextAsync("600");
        await browser.Page.GetByLabel("Search").FillAsync("user7");
        await browser.Page.Locator("#filters [name=tenant]").SelectOptionAsync("payments");
        await browser.Page.GetByText("RTT", new PageGetByTextOptions { Exact = true }).Last.ClickAsync();
        string count = await browser.Page.Locator("#count").InnerTextAsync();
        Assert.Matches(CountForm(), count);
        Assert.Contains("q=user7&tenant=payments&sort=rtt&dir=", new Uri(browser.Page.Url).Query, StringComparison.Ordinal);

        await browser.Page.ReloadAsync();
        await Assertions.Expect(browser.Page.Locator("#count")).ToHaveTextAsync(count);
        await Assertions.Expect(browser.Page.GetByLabel("Search")).ToHaveValueAsync("user7");
    }

    [Fact]
    public async Task A_choice_of_columns_is_remembered()
    {
        await using ManySessions broker = await ManySessions.StartAsync(3);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/sessions");
        await browser.Page.Locator(".columns summary").ClickAsync();
        await browser.Page.Locator("#columns").GetByText("Network").ClickAsync();
        await Assertions.Expect(browser.Page.Locator(".tabulator-col[tabulator-field=network]")).ToBeHiddenAsync();

        await browser.Page.ReloadAsync();
        await Assertions.Expect(browser.Page.Locator("#count")).ToHaveTextAsync("3");
        await Assertions.Expect(browser.Page.Locator(".tabulator-col[tabulator-field=network]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Names_are_text_whatever_they_hold()
    {
        await using ManySessions broker = await ManySessions.StartAsync(1);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/sessions");

        await Assertions.Expect(browser.Page.Locator(".tabulator-row")).ToContainTextAsync("<b>vim</b>");
        Assert.Equal(0, await browser.Page.Locator(".tabulator-row b").CountAsync());
    }

    [Fact]
    public async Task Changes_arrive_by_themselves_and_what_is_gone_goes()
    {
        await using ManySessions broker = await ManySessions.StartAsync(3);
        await using BrowserPage browser = await dashboard.LogInAsync(broker);
        await browser.Page.GotoAsync("/sessions");
        await Assertions.Expect(browser.Page.Locator(".tabulator-row").First).ToContainTextAsync("ms");
        broker.Feed.Sessions = [broker.Feed.Sessions[0] with { Command = "htop" }];

        await Assertions.Expect(browser.Page.Locator("#count")).ToHaveTextAsync("1");
        await Assertions.Expect(browser.Page.Locator(".tabulator-row")).ToContainTextAsync("htop");
    }

    [GeneratedRegex("^[0-9]+ of 600$", RegexOptions.CultureInvariant)]
    private static partial Regex CountForm();
}
