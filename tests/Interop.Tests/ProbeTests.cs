using System.Globalization;
using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>The synthetic session against a real broker on this machine: every leg, and what is said when one fails.</summary>
[Collection(InteropGroup.Name)]
public sealed class ProbeTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Every_leg_is_told_and_the_session_ends_with_the_probe()
    {
        CommandResult result = await fixture.Broker.CommandAsync("probe", "--json", "--timeout", "60");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using JsonDocument told = JsonDocument.Parse(result.Output);
        Assert.Equal(["ssh", "udp", "echo", "roam"], told.RootElement.GetProperty("legs").EnumerateArray().Select(leg => leg.GetProperty("leg").GetString()));
        Assert.All(told.RootElement.GetProperty("legs").EnumerateArray(), leg => Assert.InRange(leg.GetProperty("seconds").GetDouble(), 0.0001, 60));

        CommandResult list = await fixture.Broker.CommandAsync("sessions", "list", "--json");
        using JsonDocument sessions = JsonDocument.Parse(list.Output);
        // The newest; other tests' sessions run the same program.
        JsonElement probe = sessions.RootElement.EnumerateArray().Last(session => session.GetProperty("command").GetString() == "/bin/cat");
        Assert.Equal("client_quit", probe.GetProperty("endReason").GetString());
        Assert.Equal(1, probe.GetProperty("channels")[0].GetProperty("roams").GetInt32());
    }

    [Fact]
    public async Task Datagrams_that_vanish_fail_the_second_leg_and_the_rule_that_lets_them_pass_is_named()
    {
        (RunningBroker broker, int port) = await StartAsync();
        await using RunningBroker started = broker;
        await using FirstPortRelay relay = new(port, isOpen: false);
        string file = _home.File("probe.prom");
        CommandResult result = await broker.CommandAsync("probe", "--udp", FirstPortRelay.Address, "--timeout", "3", "--textfile", file);
        Assert.Equal(12, result.ExitCode);
        Assert.Matches($"(?m)^ssh +ok +[0-9.]+ s\nudp +FAILED +3\\.[0-9]+ s  no answer from UDP port {port} at 127\\.0\\.0\\.9 within 3 s\n +cure: UDP is blocked on the way", result.Output);
        Assert.Contains($"nft add rule inet filter input udp dport {port} accept", result.Output, StringComparison.Ordinal);
        string metrics = await File.ReadAllTextAsync(file);
        Assert.Contains("moshbroker_probe_success{leg=\"ssh\"} 1\nmoshbroker_probe_success{leg=\"udp\"} 0\n# HELP", metrics, StringComparison.Ordinal);
        Assert.Equal(["probe.prom"], Directory.GetFiles(_home.Path, "probe*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_port_where_nobody_listens_fails_the_second_leg()
    {
        (RunningBroker broker, int port) = await StartAsync();
        await using RunningBroker started = broker;
        CommandResult result = await broker.CommandAsync("probe", "--udp", FirstPortRelay.Address, "--timeout", "3");
        Assert.Equal(12, result.ExitCode);
        Assert.Contains($"UDP port {port} at 127.0.0.9 is refused", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_keeps_to_the_first_port_fails_the_last_leg()
    {
        (RunningBroker broker, int port) = await StartAsync();
        await using RunningBroker started = broker;
        await using FirstPortRelay relay = new(port, isOpen: true);
        CommandResult result = await broker.CommandAsync("probe", "--udp", FirstPortRelay.Address, "--timeout", "8");
        Assert.Equal(14, result.ExitCode);
        Assert.Matches("(?m)^udp +ok .*\necho +ok .*\nroam +FAILED .*change of the source port\n +cure: something on the path keeps to the old port", result.Output);
    }

    [Fact]
    public async Task Without_a_broker_the_first_leg_fails()
    {
        CommandResult result = await Command.RunAsync([RunningBroker.Launcher, "probe", "--broker", _home.File("nobody.sock")], SessionHome.Inherited());
        Assert.Equal(11, result.ExitCode);
        Assert.Matches("^ssh +FAILED .*nobody.sock", result.Output);
    }

    [Fact]
    public async Task Asked_to_listen_it_goes_on_probing_and_prometheus_can_read_it()
    {
        int port = FreeTcpPorts.One();
        using System.Diagnostics.Process probing = Command.Start(
            [RunningBroker.Launcher, "probe", "--broker", fixture.Broker.Socket, "--listen", $"127.0.0.1:{port}", "--every", "0.5"], SessionHome.Inherited());
        try
        {
            using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            double first = 0;
            await Eventually.TrueAsync(async () => (first = await ValueAsync(http)) > 0, "a probe has ended", TimeSpan.FromSeconds(60));
            await Eventually.TrueAsync(async () => await ValueAsync(http) > first, "another one has", TimeSpan.FromSeconds(60));
            Assert.Contains("moshbroker_probe_success{leg=\"roam\"} 1\n", await http.GetStringAsync("metrics"), StringComparison.Ordinal);
            Assert.Equal("alive\n", await http.GetStringAsync("livez"));
        }
        finally
        {
            await Command.SignalAsync(probing.Id, "TERM");
            await probing.WaitForExitAsync();
        }

        Assert.Equal(0, probing.ExitCode);
    }

    private static async Task<double> ValueAsync(HttpClient http)
    {
        const string Name = "moshbroker_probe_timestamp_seconds ";
        try
        {
            string? line = (await http.GetStringAsync("metrics")).Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            return 0; // Not there yet.
        }
    }

    private static async Task<(RunningBroker Broker, int Port)> StartAsync()
    {
        string ports = FreePorts.Range(1);
        return (await RunningBroker.StartAsync(ports, null, "--listen-host", "127.0.0.1"), int.Parse(ports.Split(':')[0], CultureInfo.InvariantCulture));
    }
}
