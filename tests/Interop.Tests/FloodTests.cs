using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class FloodTests(InteropFixture fixture) : IDisposable
{
    private const int Trials = 10;

    // Ten times the goal of 500 ms: two cores run the terminals, the flood and the rest of the machine as well.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Worst = Usual * 2;

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Ctrl_C_stops_a_program_that_prints_without_end_and_the_neighbour_types_on_meanwhile()
    {
        await using TmuxTerminal flood = await StartAsync();
        await using TmuxTerminal neighbour = await StartAsync();
        var stops = new List<TimeSpan>();
        var echoes = new List<TimeSpan>();
        for (int i = 1; i <= Trials; i++)
        {
            await flood.WaitForAsync(s => s.LastRow == $"p{i}>", "the prompt before the flood");
            await flood.TypeAsync("yes\r");
            await flood.WaitForAsync(s => s.LastRow == "y", "the flood");
            char key = (char)('a' + i);
            await neighbour.PressAsync((byte)key);
            echoes.Add(await Eventually.TrueAsync(
                async () => (await neighbour.ScreenAsync()).LastRow.EndsWith(key), "the neighbour's echo", Worst));
            await flood.PressAsync(3);
            stops.Add(await Eventually.TrueAsync(
                async () => (await flood.ScreenAsync()).LastRow == $"p{i + 1}>", "the prompt after Ctrl-C", Worst));
        }

        Assert.True(Median(stops) <= Usual, "Ctrl-C took " + string.Join(' ', stops));
        Assert.True(Median(echoes) <= Usual, "the neighbour's echo took " + string.Join(' ', echoes));
    }

    private static TimeSpan Median(IEnumerable<TimeSpan> times) => times.Order().ElementAt(Trials / 2);

    private async Task<TmuxTerminal> StartAsync()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        return terminal;
    }
}
