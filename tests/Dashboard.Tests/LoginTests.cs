using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

[Collection(DashboardGroup.Name)]
public sealed class LoginTests(DashboardFixture dashboard)
{
    [Fact]
    public async Task A_token_lets_a_browser_in_and_brings_it_where_it_wanted_to_go()
    {
        string token = await dashboard.TokenAsync("--role", "viewer", "--name", "vera");
        await using BrowserPage browser = await dashboard.OpenAsync();
        await browser.Page.GotoAsync("/sessions?state=lost");
        await browser.Page.GetByLabel("Token").FillAsync(token);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.WaitForURLAsync("**/sessions?state=lost");

        await Assertions.Expect(browser.Page.Locator(".who")).ToContainTextAsync("vera");
        await browser.Page.GetByText("Log out").ClickAsync();
        await Assertions.Expect(browser.Page.GetByLabel("Token")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_wrong_token_is_told()
    {
        await using BrowserPage browser = await dashboard.OpenAsync();
        await browser.Page.GotoAsync("/");
        await browser.Page.GetByLabel("Token").FillAsync("mbt_wrong");
        await browser.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(browser.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not a token of this broker");
        Assert.Empty(await browser.AccessibilityFaultsAsync());
        await browser.PictureAsync("login");
    }

    [Fact]
    public async Task The_secret_of_a_link_is_in_no_address_afterwards()
    {
        await using BrowserPage browser = await dashboard.LoggedInAsync();

        Assert.Equal($"{dashboard.Address}/", browser.Page.Url);
    }
}
