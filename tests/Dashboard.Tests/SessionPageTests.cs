using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

[Collection(DashboardGroup.Name)]
public sealed class SessionPageTests(DashboardFixture dashboard)
{
    // xterm.js keeps a copy of the screen for screen readers: its text, row by row.
    private const string ScreenText = "() => [...document.querySelectorAll('#screen .xterm-rows > div')].map(row => row.textContent.replaceAll('\\u00a0', ' ').trimEnd())";

    private async Task<(TmuxTerminal Terminal, string Id)> StartAsync()
    {
        OpenedSession session = await dashboard.Broker.OpenAsync(dashboard.Home.Environment, ["bash", "--norc"]);
        TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, dashboard.Home);
        await terminal.WaitForTextAsync("p1>");
        return (terminal, session.Id);
    }

    [Fact]
    public async Task The_screen_in_the_browser_is_the_screen_in_the_client()
    {
        (TmuxTerminal terminal, string id) = await StartAsync();
        await using TmuxTerminal ends = terminal;
        await using BrowserPage browser = await dashboard.LoggedInAsync();
        await browser.Page.GotoAsync($"/sessions/{id}");
        await browser.Page.GetByText("Show the live screen").ClickAsync();
        await terminal.TypeAsync("printf '\\033[31mred\\033[0m caf\\303\\251 \\344\\270\\255\\n'; echo d''one\n");
        await terminal.WaitForTextAsync("done");

        await Assertions.Expect(browser.Page.Locator("#screen .xterm-rows")).ToContainTextAsync("done");
        string[] rows = await browser.Page.EvaluateAsync<string[]>(ScreenText);
        Assert.Equal((await terminal.ScreenAsync()).Rows, rows);
        Assert.Empty(await browser.AccessibilityFaultsAsync());
        Assert.Empty(browser.Complaints);
        await browser.PictureAsync("session");
    }

    [Fact]
    public async Task A_close_in_the_browser_ends_the_clients_session()
    {
        (TmuxTerminal terminal, string id) = await StartAsync();
        await using TmuxTerminal ends = terminal;
        await using BrowserPage browser = await dashboard.LoggedInAsync();
        await browser.Page.GotoAsync($"/sessions/{id}");
        await browser.Page.GetByText("Close…").ClickAsync();
        await browser.Page.GetByText("Close it").ClickAsync();

        await terminal.WaitForTextAsync("[mosh is exiting.]");
        await Assertions.Expect(browser.Page.Locator("#state")).ToContainTextAsync("ended: operator");
    }

    [Fact]
    public async Task A_message_and_a_lock_reach_the_users_screen()
    {
        (TmuxTerminal terminal, string id) = await StartAsync();
        await using TmuxTerminal ends = terminal;
        await using BrowserPage browser = await dashboard.LoggedInAsync();
        await browser.Page.GotoAsync($"/sessions/{id}");
        await browser.Page.GetByText("Message…").ClickAsync();
        await browser.Page.Keyboard.TypeAsync("Maintenance at noon");
        await browser.Page.Keyboard.PressAsync("Enter");
        await terminal.WaitForTextAsync("Maintenance at noon");

        await browser.Page.GetByText("Lock…").ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Lock", Exact = true }).ClickAsync();
        await terminal.WaitForTextAsync("This session is locked");
        await Assertions.Expect(browser.Page.Locator("#state")).ToHaveTextAsync("locked");
        await browser.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Unlock" }).ClickAsync();
        await Assertions.Expect(browser.Page.Locator("#state")).ToHaveTextAsync("attached");
    }

    [Fact]
    public async Task Where_a_client_is_what_ends_its_session_and_the_last_hour_are_there_at_once()
    {
        (TmuxTerminal terminal, string id) = await StartAsync();
        await using TmuxTerminal ends = terminal;
        await using BrowserPage browser = await dashboard.LoggedInAsync();
        await browser.Page.GotoAsync($"/sessions/{id}");

        await Assertions.Expect(browser.Page.Locator("#peers tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(browser.Page.Locator("#peers tbody")).ToContainTextAsync("127.0.0.1:");
        await Assertions.Expect(browser.Page.Locator("#no-ends")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.Locator("#rules")).ToContainTextAsync("Sessions of its user");
        await Assertions.Expect(browser.Page.Locator("#chart-loss canvas")).ToBeVisibleAsync();
        string past = await browser.Page.EvaluateAsync<string>($"async () => await (await fetch('/api/v1/sessions/{id}/history')).text()");
        Assert.Contains("\"stepSeconds\":10", past, StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task What_is_not_there_is_said()
    {
        await using BrowserPage browser = await dashboard.LoggedInAsync();
        IResponse? response = await browser.Page.GotoAsync("/sessions/00000000");

        Assert.Equal(404, response!.Status);
        await Assertions.Expect(browser.Page.Locator("#content")).ToContainTextAsync("There is no such session");
    }
}
