namespace MoshBroker.Deploy.Tests;

/// <summary>Each overlay of deploy/k8s: what it comes to is valid, fits the broker, and fits together.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => [.. Manifest.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_is_what_Kubernetes_takes_and_what_this_broker_does(string overlay) =>
        Assert.Empty(await ManifestFaults.OfAsync(await Manifest.RenderAsync(overlay)));

    [Fact]
    public async Task The_flags_are_those_that_the_published_broker_tells_in_its_help()
    {
        CommandResult help = await Command.RunAsync([RunningBroker.Launcher, "serve", "--help"], SessionHome.Inherited(), within: TimeSpan.FromMinutes(4));
        string[] told = [.. help.Output.Split('\n').Select(line => line.Trim().Split(' ')[0])];
        foreach (string overlay in Manifest.Overlays)
        {
            Manifest manifest = await Manifest.RenderAsync(overlay);
            Assert.Subset(told.ToHashSet(StringComparer.Ordinal), manifest.ServeWords.Skip(1).Select(word => word.Split('=')[0]).ToHashSet(StringComparer.Ordinal));
        }
    }
}
