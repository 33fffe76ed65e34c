namespace MoshBroker.FrontDoor.Tests;

/// <summary>Recordings of sessions that came by the front door.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class RecordedSessionTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true, "web")]
    [InlineData(true, "shell")]
    [InlineData(false, "web")]
    [InlineData(false, "shell")]
    public async Task Mosh_and_plain_ssh_here_and_on_another_machine_are_recorded_and_the_recording_verifies(bool isMosh, string target)
    {
        await door.CloseAllAsync();
        string id;
        string word = $"{(isMosh ? "mosh" : "plain")}-{target}";
        await using (TmuxTerminal terminal = isMosh ? await door.MoshAsync(door.Rita, target) : await door.PlainAsync(door.Rita, target))
        {
            await terminal.WaitForTextAsync("p1>", Long);
            id = await door.NewestAsync();
            await terminal.TypeAsync($"echo $((6*7))-{word}\r");
            await terminal.WaitForTextAsync($"42-{word}", Long);
            await terminal.TypeAsync("exit\r");
            await terminal.WaitForEndAsync(Long);
        }

        string cast = "";
        await Eventually.TrueAsync(() => (cast = Directory.GetFiles(Path.Combine(door.Broker.DataFolder, "recordings", "taped"), "*.cast").FirstOrDefault(Holds) ?? "").Length > 0, "the recording is written", Long);
        CommandResult verified = new(1, "", "");
        await Eventually.TrueAsync(
            async () => (verified = await Command.RunAsync([RunningBroker.Launcher, "recording", "verify", cast, "--data", door.Broker.DataFolder], SessionHome.Inherited()))
                .Output.Contains("it is complete", StringComparison.Ordinal),
            "the recording is whole", Long, () => verified.Output + verified.Error);
        string text = await File.ReadAllTextAsync(cast);
        Assert.Contains($"42-{word}", text, StringComparison.Ordinal);
        Assert.Contains(id, Path.GetFileName(cast) + text, StringComparison.Ordinal);

        bool Holds(string path) => File.ReadAllText(path).Contains($"42-{word}", StringComparison.Ordinal);
    }
}
