using System.Text.Json;
using System.Text.Json.Nodes;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Testing;

namespace MoshBroker.Interop.Tests;

/// <summary>Every recorded terminal case end to end: a program writes its bytes, and stock's client must show the recorded
/// screen, or what our terminal makes of a feature that stock's lacks.</summary>
[Collection(InteropGroup.Name)]
public sealed class TerminalCaseTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    /// <summary>The files are the list: a new case needs no code.</summary>
    public static TheoryData<string> Groups =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    private static string Folder => Repository.Path("tests", "Protocol.Tests", "vectors", "terminal");

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task The_stock_client_shows_the_recorded_screen_of_every_case(string group)
    {
        string report = _home.File("report.json");
        CommandResult result = await Command.RunAsync(
            ["/usr/bin/python3", Repository.Path("tests", "Interop.Tests", "vectors", "terminal_check.py"),
                "--server", string.Join(' ', fixture.Server.Open), "--jobs", "3", "--timeout", "20", "--json", report, CasesOf(group)],
            SessionHome.Inherited(),
            within: TimeSpan.FromMinutes(5));
        Assert.True(File.Exists(report), result.Output + result.Error);
        using JsonDocument cases = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        string[] failed =
        [
            .. cases.RootElement.EnumerateArray().Where(c => c.GetProperty("result").GetString() == "fail").Select(c => c.GetProperty("name").GetString()!),
        ];
        Assert.True(failed.Length == 0, $"{failed.Length} of {cases.RootElement.GetArrayLength()} failed: {string.Join(' ', failed)}\n{result.Output}{result.Error}");
        Assert.NotEqual(0, cases.RootElement.GetArrayLength());
    }

    /// <summary>The recorded cases, with what beyond-stock.json expects instead.</summary>
    private string CasesOf(string group)
    {
        string recorded = Path.Combine(Folder, group + ".json");
        if (fixture.Server.IsStock) { return recorded; }
        BeyondStock beyond = BeyondStock.Load(Repository.Path("tests", "Protocol.Tests", "Terminal", "beyond-stock.json"));
        JsonNode document = JsonNode.Parse(File.ReadAllBytes(recorded))!;
        foreach (JsonNode? test in document["cases"]!.AsArray())
        {
            JsonNode expect = beyond.Expect((string)test!["name"]!, test["expect"]!);
            // Beside what a defect of the stock server showed, a case says what is right.
            foreach (string rows in new[] { "lines", "styled" })
            {
                if (expect[rows + "_alt"] is { } right) { expect[rows] = right.DeepClone(); }
            }

            test["expect"] = expect;
        }

        return _home.Write(group + ".json", document.ToJsonString());
    }
}
