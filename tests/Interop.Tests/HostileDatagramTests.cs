using System.Buffers.Binary;
using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class HostileDatagramTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Garbage_forged_and_cut_datagrams_get_no_answer_and_move_nobody()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        using var stranger = new WireClient(session);
        byte[] authentic = relay.Captured.Last(d => d.ToServer).Bytes;
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = authentic.AsSpan().ToArray();
            switch (i % 5)
            {
                case 0: bytes = new byte[random.Next(0, 1500)]; random.NextBytes(bytes); break;
                case 1: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes = bytes[..random.Next(bytes.Length)]; break;
                case 3: BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)random.NextInt64()); break;
                default: bytes = [.. bytes, 0]; break;
            }

            stranger.Send(bytes);
        }

        // Replayed to the letter from another address: authentic, but not new, so it moves nobody.
        stranger.Send(authentic);
        await terminal.TypeAsync("echo still-$((4 * 4))-here\r");
        await terminal.WaitForTextAsync("still-16-here");
        Assert.Null(await stranger.ReceiveAsync(TimeSpan.FromSeconds(1)));
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task A_port_whose_client_has_not_come_yet_answers_nobody_without_the_key()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using var stranger = new WireClient(session with { Key = "AAECAwQFBgcICQoLDA0ODw" });
        for (ulong i = 0; i < 50; i++) { stranger.SendInstruction(0, i + 1, ProtobufFields.Resize(80, 24)); }
        Assert.Null(await stranger.ReceiveAsync(TimeSpan.FromSeconds(1)));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
    }

    [Fact]
    public async Task A_reflected_datagram_of_the_server_is_ignored()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        foreach (RelayedDatagram datagram in relay.Captured.Where(d => !d.ToServer)) { relay.Inject(datagram.Bytes); }
        await terminal.TypeAsync("echo still-$((4 * 4))-here\r");
        await terminal.WaitForTextAsync("still-16-here");
    }
}
