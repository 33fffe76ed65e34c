using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A laptop that slept through the end of its session is told, by stock's own words, when it wakes.</summary>
[Collection(InteropGroup.Name)]
public sealed class TombstoneTests(InteropFixture fixture, SharedPortFixture shared) : IClassFixture<SharedPortFixture>, IDisposable
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(90); // The farewell and the answers after it take 20 s.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(30); // Ten times what it takes.

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public Task With_a_port_of_its_own_it_leaves_when_it_wakes() => WakesAfterTheEndAsync(fixture.Broker, 1);

    [Fact]
    public Task Behind_a_shared_port_forty_leave_when_they_wake_at_once() => WakesAfterTheEndAsync(shared.Broker, 40);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restart_of_the_broker_it_leaves_too_whether_its_session_ended_before_or_with_it(bool isShared)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(isShared ? "shared:" + FreePorts.Range(1).Split(':')[0] : null);
        OpenedSession closed = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        OpenedSession live = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal first = await MoshTerminal.ClientAsync(closed, _home);
        await using TmuxTerminal second = await MoshTerminal.ClientAsync(live, _home);
        await first.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        await second.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        int[] clients = [await first.ProcessIdAsync(), await second.ProcessIdAsync()];
        foreach (int client in clients) { await Command.SignalAsync(client, "STOP"); }
        Assert.Equal(0, (await broker.CommandAsync("sessions", "close", closed.Id)).ExitCode);
        await Eventually.TrueAsync(() => broker.Log.Contains($"session {closed.Id}: channel 1 ended", StringComparison.Ordinal), "the channel's last answers", LastAnswers);
        await broker.StopAsync();
        await broker.RunAsync();
        foreach (int client in clients) { await Command.SignalAsync(client, "CONT"); }
        foreach (TmuxTerminal terminal in (TmuxTerminal[])[first, second])
        {
            TerminalScreen end = await terminal.WaitForEndAsync(Heartbeat);
            Assert.Equal(0, end.ExitStatus);
            Assert.Contains(end.Rows, row => row.Contains("[mosh is exiting.]", StringComparison.Ordinal));
        }
    }

    private async Task WakesAfterTheEndAsync(RunningBroker broker, int clients)
    {
        List<TmuxTerminal> terminals = [];
        try
        {
            List<OpenedSession> sessions = [];
            List<int> asleep = [];
            for (int i = 0; i < clients; i++)
            {
                OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
                TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
                sessions.Add(session);
                terminals.Add(terminal);
                await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
                int client = await terminal.ProcessIdAsync();
                await Command.SignalAsync(client, "STOP");
                asleep.Add(client);
            }

            foreach (OpenedSession session in sessions) { Assert.Equal(0, (await broker.CommandAsync("sessions", "close", session.Id)).ExitCode); }
            await Eventually.TrueAsync(
                () => sessions.TrueForAll(session => broker.Log.Contains($"session {session.Id}: channel 1 ended", StringComparison.Ordinal)), "the channels' last answers", LastAnswers);
            foreach (int client in asleep) { await Command.SignalAsync(client, "CONT"); }
            foreach (TmuxTerminal terminal in terminals)
            {
                TerminalScreen end = await terminal.WaitForEndAsync(Heartbeat);
                Assert.Equal(0, end.ExitStatus);
                Assert.Contains(end.Rows, row => row.Contains("[mosh is exiting.]", StringComparison.Ordinal));
            }
        }
        finally
        {
            foreach (TmuxTerminal terminal in terminals) { await terminal.DisposeAsync(); }
        }
    }
}
