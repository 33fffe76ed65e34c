using System.Text.Json;
using Microsoft.Playwright;

namespace MoshBroker.Dashboard.Tests;

/// <summary>One page of one browser, and what it complained about.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    public BrowserPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") { lock (_complaints) { _complaints.Add(message.Text); } }
        };
        page.PageError += (_, error) => { lock (_complaints) { _complaints.Add(error); } };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of scripts, policies and requests.</summary>
    public IReadOnlyList<string> Complaints
    {
        get { lock (_complaints) { return [.. _complaints]; } }
    }

    /// <summary>Serious faults that axe finds, a line each.</summary>
    public async Task<IReadOnlyList<string>> AccessibilityFaultsAsync()
    {
        // The page's own policy lets no foreign script in; the test's comes by the debugger's door.
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "lib/axe-core/axe.min.js")));
        JsonElement found = await Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations");
        return [.. found.EnumerateArray()
            .Where(fault => fault.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(fault => $"{fault.GetProperty("id").GetString()}: {fault.GetProperty("nodes")[0].GetProperty("html").GetString()}")];
    }

    /// <summary>Keeps a picture where MOSHBROKER_SCREENSHOTS names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("MOSHBROKER_SCREENSHOTS") is not { Length: > 0 } folder) { return; }
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png") });
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
