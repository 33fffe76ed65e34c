using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using MoshBroker.Configuration;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>The filter at the door, ports that nobody uses, and programs that are run: with real sockets and processes.</summary>
public sealed class ResponsePartsTests : IDisposable
{
    private static readonly DetectionLog Log = new(NullLogger<Watchman>.Instance);

    private readonly MonoClock _clock = new(TimeProvider.System);
    private readonly BrokerMetrics _metrics = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("detect").FullName;

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_block_ends_by_itself_and_a_full_table_forgets_those_that_end_first()
    {
        SourceFilter filter = new(seed: 7);
        MonoTime now = new(86_400_000);
        filter.Block(now, 5, TimeSpan.FromSeconds(60));
        Assert.True(filter.IsBlocked(now.Plus(59_000), 5));
        Assert.False(filter.IsBlocked(now.Plus(60_000), 5));
        Assert.False(filter.IsBlocked(now, 6));
        Assert.True(filter.IsOpen(now.Plus(60_000)));

        for (ulong network = 100; network < 100_000; network++) { filter.Block(now, network, TimeSpan.FromSeconds(600)); }
        Assert.InRange(Enumerable.Range(100, 99_900).Count(network => filter.IsBlocked(now, (ulong)network)), 500, 1024);
    }

    [Fact]
    public async Task A_datagram_to_a_tripwire_is_counted_and_never_answered()
    {
        int port = FreePort();
        using TripwirePorts tripwires = TripwirePorts.Open(
            new DetectionPolicy { TripwirePorts = [port] }, [new PortSource.Range(1, 2)], null, _clock, _metrics, Log);
        using Socket scanner = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        scanner.Connect(IPAddress.Loopback, port);
        for (int i = 0; i < 30; i++) { scanner.Send(new byte[i + 1]); }
        Tally seen = new();
        for (int i = 0; i < 1000 && seen.Tripped < 30; i++)
        {
            seen.Tripped += _metrics.Lookout.Take(_clock.Now()).Tripped;
            await Task.Delay(10);
        }

        Assert.Equal([port], tripwires.Ports);
        Assert.Equal(30, seen.Tripped);
        Assert.False(scanner.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void Without_names_only_a_broker_whose_sessions_share_a_port_holds_some_and_policy_can_forbid_it()
    {
        using TripwirePorts shared = Open(new DetectionPolicy(), new PortSource.Shared(60001));
        Assert.Equal(TripwirePorts.Most, shared.Ports.Count);
        Assert.All(shared.Ports, port => Assert.InRange(port, 60002, 60999));
        using TripwirePorts range = Open(new DetectionPolicy(), new PortSource.Range(60001, 60999));
        Assert.Empty(range.Ports);
        using TripwirePorts off = Open(new DetectionPolicy { HasTripwires = false }, new PortSource.Shared(60001));
        Assert.Empty(off.Ports);
    }

    [Fact]
    public async Task The_command_gets_the_detection_as_JSON_and_its_arguments_untouched()
    {
        string script = Path.Combine(_folder, "tell");
        await File.WriteAllTextAsync(script, "#!/bin/sh\ncat > \"$1.new\"; printf '%s' \"$2\" > \"$1.word\"; mv \"$1.new\" \"$1\"\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using Children children = new(_clock);
        HelperPrograms programs = new(children, Log, TimeProvider.System);
        string told = Path.Combine(_folder, "told");
        Alarm alarm = new(7, DetectionRule.AuthFailureBurst, DateTimeOffset.UnixEpoch, null, Evidence.Of(("failures_per_second", 5000)) with { Networks = [new CountOf<ulong>(UdpAddress.From(IPAddress.Parse("192.0.2.9"), 1).Network, 9)] }, []);

        programs.Tell([script, told, "$(id); `id` \"'"], alarm);
        for (int i = 0; i < 1000 && !File.Exists(told); i++) { await Task.Delay(10); }

        using JsonDocument json = JsonDocument.Parse(await File.ReadAllTextAsync(told));
        Assert.Equal(("auth_failure_burst", "192.0.2.0/24"), (json.RootElement.GetProperty("rule").GetString(), json.RootElement.GetProperty("networks")[0].GetProperty("network").GetString()));
        Assert.Equal("$(id); `id` \"'", await File.ReadAllTextAsync(told + ".word"));
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private TripwirePorts Open(DetectionPolicy policy, PortSource ports) => TripwirePorts.Open(policy, [ports], IPAddress.Loopback, _clock, _metrics, Log);
}
