using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What is left of sessions when their broker is gone.</summary>
[Collection(InteropGroup.Name)]
public sealed class RestartTests : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task When_the_fd_store_dies_with_its_broker_programs_are_hung_up_clients_say_so_and_rows_end_with_a_reason_at_the_next_start()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string gone = _home.File("gone");
        OpenedSession live = await broker.OpenAsync(
            _home.Environment, ["/bin/bash", "-c", $"trap 'touch {gone}; exit' HUP; echo re''ady; while :; do read -r -t 1 x; done"]);
        OpenedSession waiting = await broker.OpenAsync(_home.Environment, ["/bin/true"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(live, _home);
        await terminal.WaitForTextAsync("ready");

        int store = await broker.StoreAsync(not: 0);
        await broker.KillAsync();
        Command.Kill(store);
        await Eventually.TrueAsync(() => File.Exists(gone), "the program was hung up");
        await terminal.WaitForTextAsync("Last contact", TimeSpan.FromSeconds(30));

        await broker.RunAsync();
        Assert.Equal(["backend_lost", "backend_lost"], await EndReasonsAsync(broker, live, waiting));
        Assert.Empty(await broker.LiveAsync());
        OpenedSession next = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal again = await MoshTerminal.ClientAsync(next, _home);
        await again.WaitForTextAsync("p1>");
    }

    [Fact]
    public async Task A_broker_that_is_stopped_in_order_tells_its_clients_and_the_store()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        OpenedSession away = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        TmuxTerminal leaving = await MoshTerminal.ClientAsync(away, _home);
        await leaving.WaitForTextAsync("p1>");
        Command.Kill(await leaving.ProcessIdAsync());
        await leaving.DisposeAsync();

        await broker.StopAsync();
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.False(File.Exists(broker.Socket), "the control socket is gone");
        Assert.Equal(["shutdown", "shutdown"], await EndReasonsAsync(broker, session, away));
    }

    /// <summary>From the store's file: what an admin would find.</summary>
    private static async Task<IReadOnlyList<string>> EndReasonsAsync(RunningBroker broker, params IReadOnlyList<OpenedSession> sessions)
    {
        List<string> reasons = [];
        foreach (OpenedSession session in sessions)
        {
            CommandResult result = await Command.RunAsync(
                ["/usr/bin/python3", "-c", """
                    import glob, sqlite3, sys
                    [file] = glob.glob(sys.argv[1] + "/*.db")
                    print(*sqlite3.connect(file).execute("SELECT end_reason FROM session WHERE id = ?", (sys.argv[2],)).fetchone())
                    """, broker.DataFolder, session.Id]);
            Assert.True(result.ExitCode == 0, result.Error);
            reasons.Add(result.Output.Trim());
        }

        return reasons;
    }
}
