using System.Net;
using System.Net.Sockets;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

/// <summary>The port's own thread and real sockets; the sessions' loop is run by the test.</summary>
public sealed class SharedPortTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualDispatcher _loop = new();
    private readonly BrokerMetrics _metrics = new();
    private readonly SharedPort _port;
    private readonly SessionKey _key = SessionKey.Generate(new SeededRandom(1));
    private readonly AesOcb _cipher;
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public SharedPortTests()
    {
        FileDescriptor socket = UdpNative.TryBind(UdpAddress.From(IPAddress.IPv6Any, 0), out int port, out _)!;
        _port = new SharedPort(socket, port, new MonoClock(TimeProvider.System), [_loop], _metrics);
        _cipher = new AesOcb(_key);
        _client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    public void Dispose()
    {
        _port.Dispose();
        _metrics.Dispose();
        _client.Dispose();
        _cipher.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void An_authentic_datagram_reaches_its_channel_on_the_sessions_loop_and_the_answer_its_sender()
    {
        ReceivedDatagrams channel = new();
        SharedRoute route = _port.Open(_key, loop: 0);
        route.Attach(channel);
        Send(0);
        RunUntil(() => channel.Numbers.Count == 1);
        Assert.Equal([0], channel.Numbers);
        Assert.Equal(1, channel.Batches);
        Assert.Equal(SendResult.Sent, route.Send(channel.Path, "answer"u8));
        byte[] answer = new byte[100];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        int length = _client.ReceiveFrom(answer, ref from);
        Assert.Equal("answer"u8, answer.AsSpan(0, length));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, _port.Port), from);
    }

    [Fact]
    public void What_comes_before_the_sessions_first_turn_waits_for_it()
    {
        ReceivedDatagrams channel = new();
        SharedRoute route = _port.Open(_key, loop: 0);
        Send(0);
        WaitUntil(() => route.Queued == 1);
        _loop.Schedule(new Turn(() => route.Attach(channel)));
        _loop.Run();
        Assert.Equal([0], channel.Numbers);
    }

    [Fact]
    public void A_channel_that_floods_leaves_room_for_others_and_what_is_refused_is_counted()
    {
        SharedRoute flooding = _port.Open(_key, loop: 0);
        using SessionKey otherKey = SessionKey.Generate(new SeededRandom(2));
        using AesOcb otherCipher = new(otherKey);
        SharedRoute other = _port.Open(otherKey, loop: 0);
        for (ulong number = 0; number < 3000; number++)
        {
            Send(number);
            if (number % 100 == 0) { WaitUntil(() => _port.Stats.Received + _port.KernelDrops > (long)number); }
        }

        WaitUntil(() => _port.Stats.Received + _port.KernelDrops >= 3000);
        Assert.InRange(flooding.Queued, DatagramRing.Capacity / 8, DatagramRing.Capacity / 4);
        Send(0, otherCipher);
        WaitUntil(() => other.Queued == 1);
        Assert.Equal(_port.Stats.Drops(DropReason.QueueFull), flooding.Drops(DropReason.QueueFull));
        Assert.True(flooding.Drops(DropReason.QueueFull) > 0);
        Assert.Equal(0, other.Drops(DropReason.QueueFull));
    }

    [Fact]
    public void The_ring_keeps_order_and_contents_however_often_it_goes_round()
    {
        ReceivedDatagrams channel = new();
        _port.Open(_key, loop: 0).Attach(channel);
        ulong number = 0;
        for (int round = 0; round < 60; round++)
        {
            for (int i = 0; i < 50; i++) { Send(number++, padding: 1100); }
            RunUntil(() => channel.Numbers.Count == (int)number);
        }

        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (ulong)i), channel.Numbers);
        Assert.True(channel.IsIntact);
    }

    [Fact]
    public void An_ended_channels_datagrams_are_nobodys()
    {
        SharedRoute route = _port.Open(_key, loop: 0);
        route.Attach(new ReceivedDatagrams());
        Send(0);
        RunUntil(() => _port.Stats.WindowHits == 1);
        route.Dispose();
        WaitUntil(() =>
        {
            // The port's thread forgets it soon.
            Send(1);
            return _port.Stats.Drops(DropReason.UnknownSource) > 0;
        });
    }

    [Fact]
    public void What_is_forged_at_a_clients_address_counts_against_its_session()
    {
        SharedRoute route = _port.Open(_key, loop: 0);
        ReceivedDatagrams channel = new();
        route.Attach(channel);
        Send(0);
        RunUntil(() => channel.Numbers.Count == 1);
        for (int i = 0; i < 5; i++)
        {
            byte[] forged = new byte[80];
            forged[7] = 1;
            SendRaw(forged);
        }

        WaitUntil(() => route.Drops(DropReason.AuthFailed) == 5);
        Tally seen = _metrics.Lookout.Take(new MonoTime(1000));
        Assert.Equal((5, 0), (seen.KnownFailures, seen.UnknownFailures));
        Assert.Equal([channel.Session], seen.KnownFailureSessions);
    }

    [Fact]
    public void Odd_lengths_and_reflections_are_counted_by_reason_and_answered_by_nothing()
    {
        _port.Open(_key, loop: 0);
        SendRaw(new byte[10]);
        SendRaw(new byte[3000]);
        byte[] reflection = new byte[80];
        reflection[0] = 0x80;
        SendRaw(reflection);
        WaitUntil(() => _port.Stats.Received == 3);
        WaitUntil(() => _port.Stats.Drops(DropReason.Direction) == 1);
        Assert.Equal([1, 1], [_port.Stats.Drops(DropReason.Short), _port.Stats.Drops(DropReason.Oversize)]);
        Assert.Equal(0, _client.Available);
    }

    [Fact]
    public void A_channel_that_goes_on_is_found_however_far_its_client_is_and_what_came_before_waits_in_the_kernel()
    {
        const ulong Far = 5 * SessionFinder.Ahead;
        FileDescriptor socket = UdpNative.TryBind(UdpAddress.From(IPAddress.IPv6Any, 0), out int number, out _)!;
        using SharedPort port = new(socket, number, new MonoClock(TimeProvider.System), [_loop], _metrics, waits: true);
        ReceivedDatagrams channel = new();
        Send(Far + 3, to: port.Port);
        Assert.Equal(0, port.Stats.Received);
        port.Open(_key, loop: 0, nextExpected: Far).Attach(channel);
        port.Begin();
        RunUntil(() => channel.Numbers.Count == 1);
        Assert.Equal([Far + 3], channel.Numbers);
    }

    private void Send(ulong number, AesOcb? cipher = null, int padding = 20, int? to = null)
    {
        byte[] plaintext = new byte[4 + padding];
        plaintext.AsSpan(4).Fill((byte)number);
        byte[] datagram = new byte[Nonce.WireLength + plaintext.Length + AesOcb.TagLength];
        Nonce nonce = new(Direction.ClientToServer, number);
        nonce.Write(datagram);
        (cipher ?? _cipher).Seal(nonce, plaintext, datagram.AsSpan(Nonce.WireLength));
        SendRaw(datagram, to);
    }

    private void SendRaw(byte[] datagram, int? to = null) => _client.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, to ?? _port.Port));

    private void RunUntil(Func<bool> condition) => WaitUntil(() =>
    {
        _loop.Run();
        return condition();
    });

    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience));

    private sealed class Turn(Action action) : MoshBroker.Actors.IScheduled
    {
        public void Run(MonoTime now) => action();

        public void OnTimer(MonoTime now)
        {
        }
    }
}
