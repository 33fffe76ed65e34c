using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>A server with several addresses: `connect` races them, and roams between them when one falls silent.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectAddressTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    private readonly SessionHome _home = new();
    private RunningBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await RunningBroker.StartAsync(FreePorts.Range(20), null, "--advertise", "127.0.0.5");

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task The_first_address_to_answer_is_used_and_the_session_roams_between_IPv4_and_IPv6()
    {
        OpenedSession session = await _broker.OpenAsync(_home.Environment, SessionHome.Bash, "-c", "256");
        await using BlockedUdp six = await BlockedUdp.StartAsync($"{session.Port}", "ip6", "daddr", "::1");
        await using ConnectTerminal connect = await ConnectAsync(session, "::1", "--also=127.0.0.1");
        await connect.Terminal.WaitForTextAsync("p1>", Long);
        Assert.StartsWith("127.0.0.1:", await PeerAsync(session), StringComparison.Ordinal);

        await six.DisposeAsync();
        await using (await BlockedUdp.StartAsync($"{session.Port}", "ip", "protocol", "udp"))
        {
            await connect.Terminal.TypeAsync("echo by-$((2*3))\r");
            await connect.Terminal.WaitForAsync(s => s.HasRow("by-6"), "the answer by IPv6", Long);
            Assert.StartsWith("[::1]:", await PeerAsync(session), StringComparison.Ordinal);
        }

        await connect.Terminal.TypeAsync("exit\r");
        await connect.EndRestoredAsync();
    }

    [Fact]
    public async Task An_address_that_the_broker_told_is_gone_to_when_the_one_in_use_is_cut()
    {
        OpenedSession session = await _broker.OpenAsync(_home.Environment, SessionHome.Bash, "-c", "256");
        await using ConnectTerminal connect = await ConnectAsync(session, "127.0.0.1");
        await connect.Terminal.WaitForTextAsync("p1>", Long);
        await using BlockedUdp cut = await BlockedUdp.StartAsync($"{session.Port}", "ip", "daddr", "127.0.0.1");
        await connect.Terminal.TypeAsync("echo still-$((2*2))\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("still-4"), "the answer by the other address", Long);
    }

    [Fact]
    public async Task Who_switched_it_off_stays_where_he_is()
    {
        OpenedSession session = await _broker.OpenAsync(_home.Environment, SessionHome.Bash, "-c", "256");
        await using ConnectTerminal connect = await ConnectAsync(session, "127.0.0.1", "--extensions=screen,health");
        await connect.Terminal.WaitForTextAsync("p1>", Long);
        await using BlockedUdp cut = await BlockedUdp.StartAsync($"{session.Port}", "ip", "daddr", "127.0.0.1");
        await connect.Terminal.TypeAsync("echo still-$((2*2))\r");
        await connect.Terminal.WaitForTextAsync("mosh: Last ", Long);
        Assert.False((await connect.Terminal.ScreenAsync()).HasRow("still-4"));
    }

    private Task<ConnectTerminal> ConnectAsync(OpenedSession session, string address, params IReadOnlyList<string> options) =>
        ConnectTerminal.StartAsync(_home, [.. options, "--direct", address, $"{session.Port}"], 80, 24, ("MOSH_KEY", session.Key));

    private async Task<string> PeerAsync(OpenedSession session) => (await _broker.ShowAsync(session)).GetProperty("channels")[0].GetProperty("peer").GetString()!;
}
