namespace MoshBroker.Dashboard.Tests;

/// <summary>The pages' modules, without a browser.</summary>
public sealed class ModuleTests
{
    private static readonly string Root = Repository.Root;

    [Fact]
    public async Task Every_module_holds_what_its_types_promise()
    {
        CommandResult types = await Command.RunAsync(
            ["tsc", "--project", Path.Combine(Root, "tests/Dashboard.Tests/types/tsconfig.json")], SessionHome.Inherited(), within: TimeSpan.FromMinutes(3));

        Assert.True(types.ExitCode == 0, types.Output + types.Error);
    }

    [Fact]
    public void Nothing_asks_again_and_again_for_what_it_is_told()
    {
        foreach (string module in Directory.GetFiles(Path.Combine(Root, "src/Dashboard/wwwroot/js"), "*.js"))
        {
            string text = File.ReadAllText(module);
            Assert.False(text.Contains("setInterval", StringComparison.Ordinal), module);
            Assert.False(text.Contains("location.reload", StringComparison.Ordinal), module);
            // The one request that a module makes is an action.
            Assert.True(!text.Contains("fetch(", StringComparison.Ordinal) || text.Contains("method: \"POST\"", StringComparison.Ordinal), module);
        }
    }
}
