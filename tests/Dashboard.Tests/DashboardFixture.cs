using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

/// <summary>A broker with its dashboard, and Debian's Chromium to look at it.</summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    internal SessionHome Home { get; } = new();

    internal RunningBroker Broker { get; private set; } = null!;

    /// <summary>Where the dashboard is.</summary>
    internal string Address { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await RunningBroker.BuildAsync();
        Broker = await RunningBroker.StartAsync(null, null, "--http", "127.0.0.1:0");
        Address = new Uri(await LinkAsync()).GetLeftPart(UriPartial.Authority);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Broker.DisposeAsync();
        Home.Dispose();
    }

    /// <summary>A link that logs one browser in.</summary>
    internal Task<string> LinkAsync(params IReadOnlyList<string> more) => TokenAsync(["--once", .. more.Count > 0 ? more : ["--role", "admin", "--watch"]]);

    internal async Task<string> TokenAsync(params IReadOnlyList<string> more)
    {
        CommandResult made = await Broker.CommandAsync(["token", "create", .. more]);
        Assert.True(made.ExitCode == 0, made.Error);
        return made.Output.Trim();
    }

    /// <summary>A fresh browser, not logged in. What its pages complain about is an error of the test.</summary>
    internal async Task<BrowserPage> OpenAsync(int width = 1280, ColorScheme scheme = ColorScheme.Light, string? address = null)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address ?? Address,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(15_000);
        return new BrowserPage(context, await context.NewPageAsync());
    }

    /// <summary>A browser that an admin uses who may see screens.</summary>
    internal async Task<BrowserPage> LoggedInAsync()
    {
        BrowserPage browser = await OpenAsync();
        await browser.Page.GotoAsync(await LinkAsync());
        return browser;
    }

    /// <summary>The same at a web side that has no broker.</summary>
    internal async Task<BrowserPage> LogInAsync(ManySessions broker, int width = 1280, ColorScheme scheme = ColorScheme.Light)
    {
        BrowserPage browser = await OpenAsync(width, scheme, broker.Address);
        await browser.Page.GotoAsync("/login");
        await browser.Page.GetByLabel("Token").FillAsync(broker.Token);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.WaitForURLAsync($"{broker.Address}/");
        return browser;
    }
}
