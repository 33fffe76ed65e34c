using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MoshBroker.Broker.Tests.Native;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

/// <summary>Real sockets on loopback.</summary>
public sealed class UdpEndpointTests : IDisposable
{
    private readonly LoopThread _thread = new();
    private readonly ReceiveBatch _batch = new();
    private readonly Kept _kept = new();
    private UdpEndpoint? _endpoint;
    private FileDescriptor? _socket;

    public void Dispose()
    {
        _thread.Run(_ => _endpoint?.Dispose());
        _thread.Dispose();
        _batch.Dispose();
        _kept.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    public void A_datagram_comes_with_its_sender_and_is_answered(string bound, string client)
    {
        int port = Open(bound);
        using Socket peer = Peer(client);
        peer.SendTo("ping"u8.ToArray(), new IPEndPoint(IPAddress.Parse(client), port));
        (UdpPath path, byte[] bytes, bool marked) = Take();
        Assert.Equal(("ping", false), (System.Text.Encoding.ASCII.GetString(bytes), marked));
        Assert.Equal(peer.LocalEndPoint!.ToString(), path.Peer.ToString());
        Assert.Equal(!client.Contains(':', StringComparison.Ordinal), path.Peer.IsIPv4);
        _thread.Run(_ => Assert.Equal(SendResult.Sent, _endpoint!.Send(path, "pong"u8)));
        Assert.Equal("pong", Receive(peer, out EndPoint from));
        Assert.Equal(new IPEndPoint(IPAddress.Parse(client), port), from);
    }

    [Fact]
    public void An_answer_leaves_from_the_address_that_was_written_to()
    {
        int port = Open("::");
        using Socket peer = Peer("127.0.0.1");
        IPEndPoint other = new(IPAddress.Parse("127.0.0.3"), port);
        peer.SendTo("ping"u8.ToArray(), other);
        UdpPath path = Take().Path;
        _thread.Run(_ => _endpoint!.Send(path, "pong"u8));
        Receive(peer, out EndPoint from);
        Assert.Equal(other, from);
    }

    [Fact]
    public void The_congestion_mark_of_IPv4_is_read_and_other_TOS_bits_are_not_taken_for_it()
    {
        int port = Open("::");
        using Socket peer = Peer("127.0.0.1");
        foreach ((int tos, bool expected) in new[] { (0x03, true), (0x02, false), (0x01, false), (0xB8, false), (0xBB, true) })
        {
            peer.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.TypeOfService, tos);
            peer.SendTo("x"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port));
            Assert.Equal(expected, Take().Marked);
        }
    }

    [Fact]
    public void What_is_sent_over_IPv4_is_ECN_capable()
    {
        Open("::");
        using Socket view = new(new SafeSocketHandle(_socket!.Number, ownsHandle: false));
        Span<byte> tos = stackalloc byte[4];
        view.GetRawSocketOption(0, 1, tos); // IP_TOS
        Assert.Equal(0x02, tos[0]);
    }

    [Fact]
    public void A_burst_is_taken_whole_and_what_is_too_long_for_any_client_is_told_apart()
    {
        int port = Open("127.0.0.1");
        using Socket peer = Peer("127.0.0.1");
        IPEndPoint to = new(IPAddress.Loopback, port);
        for (byte i = 0; i < 100; i++) { peer.SendTo(new[] { i }, to); }
        peer.SendTo(new byte[2049], to);
        peer.SendTo(new byte[2048], to);
        peer.SendTo([], to);
        Assert.Equal(Enumerable.Range(0, 100), Enumerable.Range(0, 100).Select(_ => (int)Take().Bytes[0]));
        Assert.Equal(2048, Take().Bytes.Length);
        Assert.Empty(Take().Bytes);
        Assert.True(SpinWait.SpinUntil(() => _kept.Oversize == 1, LoopThread.Patience));
    }

    [Fact]
    public void A_datagram_that_no_link_takes_is_told_as_too_long()
    {
        Open("127.0.0.1");
        UdpPath nowhere = new(UdpAddress.From(IPAddress.Loopback, 9), 0, 0);
        _thread.Run(_ => Assert.Equal(SendResult.TooLong, _endpoint!.Send(nowhere, new byte[70_000])));
    }

    [Fact]
    public void Ports_are_drawn_within_the_range_until_none_is_left()
    {
        int first = Open("127.0.0.1");
        PortPerChannel one = new([new UdpPortRange(first, first)]);
        Assert.Null(one.TryBind(IPAddress.Loopback, null, out _, out int errno));
        Assert.Equal(Errno.AddressInUse, errno);
        Assert.Null(one.TryBind(IPAddress.Loopback, new UdpPortRange(first + 1, first + 1), out _, out errno));
        Assert.Equal(Errno.None, errno);
        Assert.Null(one.TryBind(IPAddress.Parse("192.0.2.1"), null, out _, out errno));
        Assert.Equal(Errno.AddressNotAvailable, errno);
    }

    private static Socket Peer(string address)
    {
        IPAddress ip = IPAddress.Parse(address);
        Socket peer = new(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)LoopThread.Patience.TotalMilliseconds };
        peer.Bind(new IPEndPoint(ip, 0));
        return peer;
    }

    private static string Receive(Socket peer, out EndPoint from)
    {
        byte[] buffer = new byte[100];
        from = new IPEndPoint(peer.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, peer.ReceiveFrom(buffer, ref from));
    }

    private int Open(string address)
    {
        _socket = UdpNative.TryBind(UdpAddress.From(IPAddress.Parse(address), 0), out int port, out _)!;
        _thread.Run(_ => _endpoint = new UdpEndpoint(_socket, port, _thread.Loop, _batch, _kept));
        return port;
    }

    private (UdpPath Path, byte[] Bytes, bool Marked) Take() =>
        _kept.Datagrams.TryTake(out (UdpPath, byte[], bool) datagram, LoopThread.Patience) ? datagram : throw new TimeoutException("no datagram");

    private sealed class Kept : IDatagramHandler, IDisposable
    {
        private int _oversize;

        public BlockingCollection<(UdpPath Path, byte[] Bytes, bool Marked)> Datagrams { get; } = [];

        public string Session => "";

        public int Oversize => Volatile.Read(ref _oversize);

        public void OnDatagram(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced) =>
            Datagrams.Add((path, datagram.ToArray(), congestionExperienced));

        public void OnOversize() => Interlocked.Increment(ref _oversize);

        public void OnBatchEnd(MonoTime now)
        {
        }

        public void OnFault(Exception failure)
        {
        }

        public void Dispose() => Datagrams.Dispose();
    }
}
