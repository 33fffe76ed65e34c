using System.Globalization;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>Those that can be saved are saved; the others end with a reason, and their clients are told where there is a key to tell them by.</summary>
[Collection(InteropGroup.Name)]
public sealed class SurvivalFailureTests : IDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30); // Ten times the goal.

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(4, "version")] // Its version's place.
    [InlineData(4096, "damaged")] // Its numbers' and its screen's generations, lengths and tags: all of it.
    public async Task One_checkpoint_that_cannot_be_read_ends_that_session_and_no_other(int from, string reason)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession lost = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal loser = await MoshTerminal.ClientAsync(lost, _home);
        await loser.WaitForTextAsync("p1>", Recovery);
        int store = await broker.StoreAsync(not: 0);
        string memory = Held(store, "memfd:moshbroker-checkpoint").Single();
        OpenedSession saved = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal winner = await MoshTerminal.ClientAsync(saved, _home);
        await winner.WaitForTextAsync("p1>", Recovery);

        await broker.KillAsync();
        await using (FileStream checkpoint = new(memory, FileMode.Open, FileAccess.Write))
        {
            checkpoint.Position = from;
            long length = from == 4 ? 1 : checkpoint.Length - from;
            byte[] rubbish = new byte[64 * 1024];
            Array.Fill(rubbish, (byte)0x5a);
            for (; length > 0; length -= rubbish.Length) { await checkpoint.WriteAsync(rubbish.AsMemory(0, (int)Math.Min(length, rubbish.Length))); }
        }

        await broker.RunAsync();
        await winner.TypeAsync("echo sa''ved\r");
        await winner.WaitForTextAsync("saved", Recovery);
        Assert.Equal(0, (await loser.WaitForEndAsync(Recovery)).ExitStatus);
        Assert.Equal([saved.Id], await broker.LiveAsync());
        Assert.Contains($"Session {lost.Id} could not be saved: its checkpoint", broker.Log, StringComparison.Ordinal);
        Assert.Contains(reason, broker.Log, StringComparison.Ordinal);
        Assert.Contains("moshbroker.reason=backend_lost", (await broker.CommandAsync("audit", "--session", lost.Id)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_sealing_key_none_goes_on_and_each_ends_with_a_reason()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", Recovery);
        await broker.KillAsync();
        File.Delete(Path.Combine(broker.DataFolder, "master.key")); // And the next broker makes one.
        await broker.RunAsync();
        Assert.Empty(await broker.LiveAsync());
        Assert.Contains("moshbroker.reason=backend_lost", (await broker.CommandAsync("audit", "--session", session.Id)).Output, StringComparison.Ordinal);
        // What is new is sealed by the new one.
        OpenedSession next = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await broker.KillAsync();
        await broker.RunAsync();
        Assert.Equal([next.Id], await broker.LiveAsync());
    }

    [Fact]
    public async Task A_store_that_has_no_descriptor_left_saves_those_that_it_has()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession saved = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal winner = await MoshTerminal.ClientAsync(saved, _home);
        await winner.WaitForTextAsync("p1>", Recovery);
        int store = await broker.StoreAsync(not: 0);
        int most = Directory.GetFiles($"/proc/{store}/fd").Select(file => int.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture)).Max() + 1;
        CommandResult limited = await Command.RunAsync(["/usr/bin/prlimit", $"--pid={store}", $"--nofile={most}:{most}"]);
        Assert.True(limited.ExitCode == 0, limited.Error);
        OpenedSession lost = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal loser = await MoshTerminal.ClientAsync(lost, _home);
        await loser.WaitForTextAsync("p1>", Recovery);

        await broker.KillAsync();
        await broker.RunAsync();
        await winner.TypeAsync("echo sa''ved\r");
        await winner.WaitForTextAsync("saved", Recovery);
        Assert.Equal(0, (await loser.WaitForEndAsync(Recovery)).ExitStatus);
        Assert.Equal([saved.Id], await broker.LiveAsync());
    }

    [Theory]
    [InlineData("exit 3")] // It says so when it is asked.
    [InlineData("case \"$*\" in *--check*) exit 0 ;; esac; exit 3")] // It says so when it is too late.
    public async Task A_build_that_does_not_start_changes_nothing(string program)
    {
        using TwoBuilds builds = await TwoBuilds.MakeAsync(null);
        await builds.InstallAsync("this");
        await using RunningBroker broker = await RunningBroker.StartOpenAsync(null, [], builds.Launcher, "--supervise");
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", Recovery);
        int before = await broker.ServingAsync(not: 0);
        await builds.BreakAsync("other", program);
        await builds.InstallAsync("other");
        CommandResult upgrade = await broker.CommandAsync("upgrade");
        if (program.Contains("--check", StringComparison.Ordinal)) { _ = await broker.ServingAsync(not: before); }
        else
        {
            Assert.NotEqual(0, upgrade.ExitCode);
            Assert.Contains("nothing has changed", upgrade.Error, StringComparison.Ordinal);
        }

        await terminal.TypeAsync("echo st''ill\r");
        await terminal.WaitForAsync(s => s.HasRow("still") && s.Shows("p2>"), "the answer", Recovery);
        await Eventually.TrueAsync(async () => (await broker.CommandAsync("sessions", "list")).Output.Contains(session.Id, StringComparison.Ordinal), "the session is listed", Recovery);
    }

    /// <summary>What a process holds open, by what its descriptors lead to.</summary>
    private static IEnumerable<string> Held(int process, string what) =>
        Directory.GetFiles($"/proc/{process}/fd").Where(file => new FileInfo(file).LinkTarget?.Contains(what, StringComparison.Ordinal) == true);
}
