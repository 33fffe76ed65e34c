using System.Net;
using System.Net.Sockets;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.FrontDoor;
using MoshBroker.Native;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

public sealed class PortPoolTests : IDisposable
{
    // Below the kernel's own choice (32768 and up): a port that is given back here is taken by nobody who wants any.
    private const int Lowest = 10_000;
    private const int Highest = 20_000;

    private readonly Socket _taken = Bind();

    public PortPoolTests() => Taken = ((IPEndPoint)_taken.LocalEndPoint!).Port;

    private int Taken { get; }

    public void Dispose() => _taken.Dispose();

    [Fact]
    public void A_range_without_a_free_port_refuses_to_start_and_names_the_cure()
    {
        StartRefusedException refused = Assert.Throws<StartRefusedException>(() => Pool(new PortSource.Range(Taken, Taken)));
        Assert.Equal($"--ports {Taken}:{Taken}: UDP port {Taken} is in use, by another broker perhaps: end that one, or choose other ports", refused.Message);
    }

    [Fact]
    public void A_range_of_which_others_hold_a_part_is_told_in_one_line()
    {
        LogLines<SharedPort> log = new();
        using PortPool pool = new(null, [new PortSource.Range(Taken - 1, Taken)], new EndpointLog(log), (_, _) => throw new InvalidOperationException("nothing is shared here"));
        Assert.Contains($"{Taken - 1}:{Taken}", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Contains("1 of 2", log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_shared_port_that_is_taken_refuses_to_start_and_names_the_cure()
    {
        StartRefusedException refused = Assert.Throws<StartRefusedException>(() => Pool(new PortSource.Shared(Taken)));
        Assert.Equal($"--ports shared:{Taken}: UDP port {Taken} is in use, by another broker perhaps: end that one, or choose another port", refused.Message);
    }

    [Fact]
    public void A_wish_outside_the_ports_is_a_bad_UDP_port()
    {
        _taken.Dispose();
        using PortPool pool = Pool(new PortSource.Range(Taken, Taken));
        Assert.Null(pool.TryHold(null, new UdpPortRange(1, 2), [], [], out OpenAnswer.Refused? refused));
        Assert.Equal($"Bad UDP port range 1:2: this broker's ports are {Taken}:{Taken} (moshbroker serve --ports)", refused!.Message);
    }

    [Fact]
    public void The_first_source_that_has_room_is_taken()
    {
        using Socket other = Bind();
        int free = ((IPEndPoint)other.LocalEndPoint!).Port;
        other.Dispose();
        _taken.Dispose();
        using PortPool pool = Pool(new PortSource.Range(Taken, Taken), new PortSource.Range(free, free));
        using ChannelPlace first = pool.TryHold(null, null, [], [], out _)!;
        using ChannelPlace second = pool.TryHold(null, null, [], [], out _)!;
        Assert.Equal([Taken, free], [first.Port, second.Port]);
        Assert.Null(pool.TryHold(null, null, [], [], out OpenAnswer.Refused? refused));
        Assert.StartsWith("Bad UDP port range: every UDP port of", refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_shared_port_ports_do_not_bound_the_sessions()
    {
        Assert.Equal(3, Capacity.Plan([new PortSource.Range(60001, 60003)]).Sessions);
        Assert.True(Capacity.Plan([new PortSource.Shared(60001)]).Sessions > 3);
        Assert.DoesNotContain("UDP ports", Capacity.Plan([new PortSource.Shared(60001)]).Limit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1256, 4096, false, 168, "1256 file descriptors (ulimit -n)")]
    [InlineData(1256, 4096, true, 250, "1256 file descriptors (ulimit -n)")]
    [InlineData(200_000, 300, false, 300, "300 pseudo-terminals (kernel.pty.max)")]
    [InlineData(200_000, 300, true, 300, "300 pseudo-terminals (kernel.pty.max)")]
    [InlineData(200_000, 4096, false, 999, "999 UDP ports (--ports)")]
    [InlineData(100, 4096, false, 0, "100 file descriptors (ulimit -n)")]
    public void The_scarcest_resource_bounds_the_sessions_and_is_named(int descriptors, int terminals, bool isShared, int sessions, string limit)
    {
        Capacity capacity = Capacity.Plan([isShared ? new PortSource.Shared(60001) : new PortSource.Range(60001, 60999)], descriptors, terminals);
        Assert.Equal((sessions, limit), (capacity.Sessions, capacity.Limit));
        Assert.NotEmpty(capacity.Cure);
    }

    private static Socket Bind()
    {
        while (true)
        {
            Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.IPv6Any, Random.Shared.Next(Lowest, Highest)));
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }
    }

    private static PortPool Pool(params PortSource[] sources) =>
        new(null, sources, log: null, (_, _) => throw new InvalidOperationException("nothing is shared here"));
}
