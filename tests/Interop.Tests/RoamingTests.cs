using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>Stock's client moves, or seems to.</summary>
[Collection(InteropGroup.Name)]
public sealed class RoamingTests(InteropFixture fixture) : IDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.9.2");

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Who_copies_the_clients_datagrams_and_is_faster_draws_three_times_his_bytes_and_the_client_types_on()
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using ImpairmentRelay relay = new(session.On(IPAddress.Loopback), new Impairment { Delay = TimeSpan.FromMilliseconds(10) });
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        await EchoAsync(terminal, 0);
        relay.CopyFrom(Elsewhere);
        List<TimeSpan> waits = [];
        for (int i = 1; i <= 10; i++) { waits.Add(await EchoAsync(terminal, i)); }

        (long sent, long received) = relay.Copied;
        Assert.True(sent > 1000, $"{sent} bytes were copied");
        Assert.True(received <= 3 * sent, $"{received} bytes for {sent}");

        // The first time it takes until the client is known not to have moved; afterwards nothing.
        Assert.True(waits.Max() < Heartbeat, string.Join(", ", waits));
        relay.CopyFrom(null);
        await EchoAsync(terminal, 99);
        string peer = (await fixture.Broker.ShowAsync(session)).GetProperty("channels")[0].GetProperty("peer").GetString()!;
        Assert.StartsWith("127.0.0.1:", peer, StringComparison.Ordinal);
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task Over_600_ms_and_30_percent_loss_a_client_that_moves_every_few_seconds_misses_nothing()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using ImpairmentRelay relay = new(
            session.On(IPAddress.Loopback),
            new Impairment { LossToServer = 0.3, LossToClient = 0.3, Delay = TimeSpan.FromMilliseconds(300), Seed = 5 });
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(60));
        for (int i = 1; i <= 6; i++)
        {
            relay.Rebind(IPAddress.Parse($"127.0.{i}.1"));
            await EchoAsync(terminal, i, TimeSpan.FromSeconds(60));
        }

        Assert.Empty(relay.RepeatedNonces);
    }

    private static async Task<TimeSpan> EchoAsync(TmuxTerminal terminal, int number, TimeSpan? within = null)
    {
        await terminal.TypeAsync($"echo e-$(({number} * 7))-e\r");
        return await Eventually.TrueAsync(async () => (await terminal.ScreenAsync()).HasRow($"e-{number * 7}-e"), $"echo {number}", within ?? TimeSpan.FromSeconds(30));
    }
}
