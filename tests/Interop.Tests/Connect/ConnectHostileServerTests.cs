using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>A server that holds the key and says whatever it likes; and a fault of the client's own.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectHostileServerTests(InteropFixture fixture) : IDisposable
{
    private const int MostMemoryKb = 400 * 1024; // The runtime, 64 MB of screens, and what a collector has not looked at yet.

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_a_server_with_the_key_says_memory_is_bounded_and_the_terminal_is_given_back(int seed)
    {
        SeededRandom random = new(seed);
        using SessionKey key = SessionKey.Generate(random);
        using HandMadePeer server = new(key, Direction.ServerToClient);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, ((IPEndPoint)socket.LocalEndPoint!).Port, Convert.ToBase64String(key.Bytes)[..22]);
        using CancellationTokenSource limit = new(Long);
        EndPoint client = (await socket.ReceiveFromAsync(new byte[2048], new IPEndPoint(IPAddress.Any, 0), limit.Token)).RemoteEndPoint;
        string status = $"/proc/{await ClientAsync(connect)}/status";
        Hostility hostility = new(server, random);
        int memory = 0;
        while (File.Exists(status))
        {
            for (int i = 0; i < 50; i++) { await SendAsync(socket, client, hostility.Next(), limit.Token); }
            memory = Math.Max(memory, MostMemoryOf(status));
            await Task.Delay(5, limit.Token); // Not a wait for anything: what is sent faster than it is read is only lost.
        }

        TerminalScreen end = await connect.EndRestoredAsync(Long);
        Assert.True(end.ExitStatus == 6, $"seed {seed}: {end}");
        Assert.InRange(memory, 1, MostMemoryKb);
    }

    /// <summary>Nothing in the client fails by itself, so its memory is made too small for what it is shown: how small, depends on the runtime and the day.</summary>
    [Fact]
    public async Task A_fault_of_its_own_is_told_and_the_terminal_is_given_back()
    {
        foreach (string limit in (string[])["0x1400000", "0x1200000", "0x1000000", "0xE00000"])
        {
            if (await FailsWithinAsync(limit)) { return; }
        }

        Assert.Fail("with no limit did the client's memory run out");
    }

    private async Task<bool> FailsWithinAsync(string limit)
    {
        OpenedSession session = await fixture.Server.OpenAsync(
            _home.Environment, ["/bin/sh", "-c", @"printf '\033[?2004h\033[?1003hready'; read x; for i in $(seq 400); do seq -s ' ' $i $((i+700)); sleep 0.02; done; sleep 1d"]);
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(
            _home, ["--direct", "127.0.0.1", $"{session.Port}"], 1900, 270, ("MOSH_KEY", session.Key), ("DOTNET_GCHeapHardLimit", limit));
        await connect.Terminal.WaitForTextAsync("ready", Long);
        await connect.Terminal.TypeAsync("\r");
        TerminalScreen end;
        try
        {
            end = await connect.Terminal.WaitForEndAsync(TimeSpan.FromSeconds(25));
        }
        catch (Xunit.Sdk.XunitException)
        {
            return false; // It had enough.
        }

        Assert.True(end.ExitStatus == 70, end.ToString());
        Assert.True(end.Shows("moshbroker: a fault of the client's own: "), end.ToString());
        await connect.EndRestoredAsync(Long);
        return true;
    }

    private static async Task SendAsync(Socket socket, EndPoint to, byte[] datagram, CancellationToken stopping)
    {
        try
        {
            await socket.SendToAsync(datagram, to, stopping);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.MessageSize)
        {
            // It has gone, or never was meant to fit.
        }
    }

    private static int MostMemoryOf(string status)
    {
        try
        {
            string? line = File.ReadLines(status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It ended just now.
        }
    }

    /// <summary>The client is the child of the shell that notes the terminal's settings.</summary>
    private static async Task<int> ClientAsync(ConnectTerminal connect)
    {
        int shell = await connect.Terminal.ProcessIdAsync();
        return int.Parse((await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children")).Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Authentic datagrams of every kind of nonsense, and screens in between that the client has no reason to refuse.</summary>
    private sealed class Hostility(HandMadePeer server, SeededRandom random)
    {
        private static readonly byte[] Bomb = Deflated(new byte[32 << 20]);

        private ulong _state;

        public byte[] Next() => random.Next(100) switch
        {
            0 => server.Seal(random.Bytes(random.Next(40))),
            1 => server.Fragment((ulong)random.Next(1000) + 1_000_000, random.Next(0x8000), random.Next(2) == 0, random.Bytes(random.Next(1200))),
            2 => server.Message(random.Bytes(random.Next(300))),
            3 => server.Fragment(++server.FragmentId, 0, isFinal: true, Bomb.AsSpan(0, Math.Min(Bomb.Length, 1200))),
            4 => server.Message(Mutated(HandMadePeer.Instruction(_state, _state + 1, diff: Screen()))),
            5 => server.Say(0, (ulong)random.Next(10), ackNum: (ulong)random.Next(10), diff: Screen()),
            6 => server.Say(0, ++_state, diff: Resize()),
            7 => server.Say(_state + 5, _state + 6, diff: Screen()),
            _ => server.Say(0, ++_state, diff: Screen()),
        };

        private byte[] Screen()
        {
            ArrayBufferWriter<byte> bytes = new();
            for (int i = random.Next(8); i >= 0; i--) { bytes.Write(TerminalNoise.Piece(random.Next(int.MaxValue))); }
            ArrayBufferWriter<byte> message = new();
            HostMessageCodec.WriteHostBytes(message, bytes.WrittenSpan.Length > 900 ? bytes.WrittenSpan[..900] : bytes.WrittenSpan);
            return message.WrittenSpan.ToArray();
        }

        private byte[] Resize()
        {
            ArrayBufferWriter<byte> message = new();
            HostMessageCodec.WriteResize(message, 1 + random.Next(3000), 1 + random.Next(2000));
            return message.WrittenSpan.ToArray();
        }

        private byte[] Mutated(byte[] message)
        {
            for (int i = random.Next(3); i >= 0 && message.Length > 0; i--) { message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8)); }
            return message;
        }

        private static byte[] Deflated(byte[] bytes)
        {
            using MemoryStream target = new();
            using (ZLibStream zlib = new(target, CompressionLevel.SmallestSize, leaveOpen: true)) { zlib.Write(bytes); }
            return target.ToArray();
        }
    }
}
