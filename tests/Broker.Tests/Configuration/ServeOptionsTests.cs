using System.Net;
using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Configuration;
using Xunit;

namespace MoshBroker.Broker.Tests.Configuration;

public sealed class ServeOptionsTests
{
    private static async Task<ServeOptions> ServedAsync(params string[] arguments)
    {
        CommandLineRun run = await CommandLineRun.Of(["serve", .. arguments]);
        Assert.Equal("", run.Error);
        return run.Served!;
    }

    private static async Task<string> RefusedAsync(params string[] arguments)
    {
        CommandLineRun run = await CommandLineRun.Of(["serve", .. arguments]);
        Assert.Equal(2, run.Status);
        Assert.Null(run.Served);
        Assert.EndsWith("\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Error[..^1]);
        return run.Error[..^1];
    }

    [Fact]
    public async Task With_no_flags_the_defaults_stand()
    {
        ServeOptions options = await ServedAsync();

        Assert.Equal("/home/ann/.local/state/moshbroker", options.DataDirectory);
        Assert.Equal("/home/ann/.local/state/moshbroker/broker.sock", options.SocketPath);
        Assert.Equal(new StoreAddress.Sqlite("/home/ann/.local/state/moshbroker/sessions.db"), options.Store);
        Assert.Equal([new PortSource.Range(60001, 60999)], options.Ports);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8080"), options.Http);
        Assert.Equal(options.Http, options.Metrics);
        Assert.Null(options.ListenHost);
        Assert.Null(options.MasterKeyFile);
        Assert.Equal("host-1", options.Node);
    }

    [Theory]
    [InlineData(false, "/run/user/7", "/state", "/state/moshbroker", "/run/user/7/moshbroker/broker.sock")]
    [InlineData(true, "/run/user/0", "/state", "/state/moshbroker", "/run/user/0/moshbroker/broker.sock")]
    [InlineData(true, "", "", "/var/lib/moshbroker", "/run/moshbroker/broker.sock")]
    [InlineData(true, "relative", "relative", "/var/lib/moshbroker", "/run/moshbroker/broker.sock")]
    [InlineData(false, "", "", "/home/ann/.local/state/moshbroker", "/home/ann/.local/state/moshbroker/broker.sock")]
    public async Task Folders_follow_the_environment(bool isRoot, string runtime, string state, string data, string socket)
    {
        HostEnvironment host = CommandLineRun.Host(isRoot, ("HOME", "/home/ann"), ("XDG_RUNTIME_DIR", runtime), ("XDG_STATE_HOME", state));
        CommandLineRun run = await CommandLineRun.Of(host, "serve");

        Assert.Equal((data, socket), (run.Served!.DataDirectory, run.Served.SocketPath));
    }

    [Fact]
    public async Task Without_a_home_the_data_folder_must_be_named()
    {
        CommandLineRun run = await CommandLineRun.Of(CommandLineRun.Host(), "serve");

        Assert.Equal((2, "moshbroker: no data folder: give one by --data, or set HOME\n"), (run.Status, run.Error));
    }

    [Fact]
    public async Task Relative_paths_start_at_the_working_directory()
    {
        ServeOptions options = await ServedAsync("--data", "d", "--socket=../s", "--store", "sqlite:x.db");

        Assert.Equal(("/work/d", "/s"), (options.DataDirectory, options.SocketPath));
        Assert.Equal(new StoreAddress.Sqlite("/work/x.db"), options.Store);
    }

    [Fact]
    public async Task The_store_lies_in_the_data_folder()
    {
        Assert.Equal(new StoreAddress.Sqlite("/d/sessions.db"), (await ServedAsync("--data", "/d")).Store);
    }

    [Fact]
    public async Task The_master_key_can_lie_elsewhere()
    {
        HostEnvironment host = CommandLineRun.Host(false, ("HOME", "/h"), ("MOSHBROKER_MASTER_KEY_FILE", "/secret/key"));

        Assert.Equal("/secret/key", (await CommandLineRun.Of(host, "serve")).Served!.MasterKeyFile);
    }

    [Fact]
    public async Task Ports_may_repeat_and_a_shared_one_is_its_own_kind()
    {
        ServeOptions options = await ServedAsync("--ports", "1:1", "--ports", "60001:60010", "--ports", "shared:60100");

        Assert.Equal([new PortSource.Range(1, 1), new PortSource.Range(60001, 60010), new PortSource.Shared(60100)], options.Ports);
        Assert.Equal(["1:1", "60001:60010", "shared:60100"], options.Ports.Select(source => source.ToString()));
    }

    [Theory]
    [InlineData("60001")]
    [InlineData("60010:60001")]
    [InlineData("0:5")]
    [InlineData("60001:65536")]
    [InlineData("-1:5")]
    [InlineData("1:2:3")]
    [InlineData(" 1:2")]
    [InlineData("shared:")]
    [InlineData("shared:0")]
    [InlineData("shared:1:2")]
    [InlineData("１:２")]
    public async Task A_bad_range_of_ports_is_named_with_the_form_to_write(string range)
    {
        string line = await RefusedAsync($"--ports={range}");

        Assert.Equal($"moshbroker: --ports {range.Trim()}: not a range of ports: write it as 60001:60999, the lower first, or as shared:60001", line);
    }

    [Theory]
    [InlineData("60001:60010", "60010:60020")]
    [InlineData("60001:60010", "shared:60005")]
    [InlineData("shared:60005", "shared:60005")]
    public async Task Ports_that_overlap_are_refused(string one, string other)
    {
        Assert.Equal(
            $"moshbroker: --ports {other}: overlaps {one}: let every port stand in one --ports only",
            await RefusedAsync("--ports", one, "--ports", other));
    }

    [Theory]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("[::1]:0", "[::1]:0")]
    [InlineData("10.1.2.3:65535", "10.1.2.3:65535")]
    public async Task Addresses_of_both_families_are_taken(string given, string parsed)
    {
        Assert.Equal(IPEndPoint.Parse(parsed), (await ServedAsync("--http", given)).Http);
    }

    [Theory]
    [InlineData("8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("localhost:8080")]
    [InlineData("::1:8080")]
    [InlineData("1:8080")]
    [InlineData("no")]
    public async Task A_bad_address_is_named_with_the_form_to_write(string address)
    {
        Assert.Equal(
            $"moshbroker: --metrics {address}: not an address and a port: write it as 127.0.0.1:8080 or [::1]:8080, or 'off'",
            await RefusedAsync("--metrics", address));
    }

    [Fact]
    public async Task Health_is_alive_when_the_dashboard_is_off()
    {
        ServeOptions options = await ServedAsync("--http", "off");

        Assert.Null(options.Http);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8080"), options.Metrics);
        Assert.Null((await ServedAsync("--metrics", "off")).Metrics);
    }

    [Fact]
    public async Task Health_is_where_the_dashboard_is()
    {
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:9"), (await ServedAsync("--http", "127.0.0.1:9")).Metrics);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::1", "::1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", null)]
    public async Task Udp_listens_where_told(string given, string? parsed)
    {
        Assert.Equal(parsed is null ? null : IPAddress.Parse(parsed), (await ServedAsync("--listen-host", given)).ListenHost);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("example.org")]
    [InlineData("300.0.0.1")]
    public async Task A_name_is_not_an_address(string host)
    {
        Assert.StartsWith($"moshbroker: --listen-host {host}: not an IP address: ", await RefusedAsync("--listen-host", host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_front_door_is_off_in_this_build()
    {
        Assert.NotNull(await ServedAsync("--ssh", "off"));
        Assert.Equal(
            "moshbroker: --ssh 0.0.0.0:2222: the front door needs to know who may come in: name a policy by --policy, or leave --ssh off",
            await RefusedAsync("--ssh", "0.0.0.0:2222"));
    }

    [Fact]
    public async Task A_store_that_is_none_is_refused_without_what_may_be_its_password()
    {
        string line = await RefusedAsync("--store", "hunter2");

        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
        Assert.Contains("not a store: write it as sqlite:FILE, postgres://USER@HOST/DATABASE, or ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_can_be_PostgreSQL()
    {
        Assert.Equal("postgres://ann@db:5432/broker", (await ServedAsync("--store", "postgres://ann:hunter2@db/broker")).Store.ToString());
    }

    [Fact]
    public async Task A_socket_path_must_fit_a_socket_address()
    {
        string path = "/" + new string('p', 106);
        Assert.Equal(path, (await ServedAsync("--socket", path)).SocketPath);
        Assert.Contains("longer than the 107 bytes", await RefusedAsync("--socket", path + "p"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public async Task A_nodes_name_is_made_of_plain_letters(string name)
    {
        Assert.Contains("not a node's name", await RefusedAsync("--node", name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Telemetry_goes_where_the_flag_says_or_OpenTelemetrys_own_variable_and_nowhere_by_itself()
    {
        Assert.Null((await ServedAsync()).Otlp);
        Assert.Equal(new Uri("http://192.0.2.1:4318/v1/traces"), (await ServedAsync("--otlp", "http://192.0.2.1:4318")).Otlp!.For("traces"));
        HostEnvironment host = CommandLineRun.Host(variables: [("HOME", "/home/ann"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c.example/otlp/"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]);
        Assert.Equal(new Uri("https://c.example/otlp/v1/logs"), (await CommandLineRun.Of(host, "serve")).Served!.Otlp!.For("logs"));
        Assert.Null((await CommandLineRun.Of(host, "serve", "--otlp", "off")).Served!.Otlp);
        HostEnvironment grpc = CommandLineRun.Host(variables: [("HOME", "/home/ann"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]);
        Assert.Equal(new Uri("http://192.0.2.1:4317"), (await CommandLineRun.Of(grpc, "serve", "--otlp", "http://192.0.2.1:4317")).Served!.Otlp!.For("logs"));
    }

    [Theory]
    [InlineData("192.0.2.1:4318", "not a collector's address")]
    [InlineData("ftp://192.0.2.1/", "not a collector's address")]
    [InlineData("http://me:hunter2@192.0.2.1:4318", "an address with a password in it")]
    public async Task A_collectors_address_is_a_plain_one(string address, string why)
    {
        string line = await RefusedAsync("--otlp", address);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal);
    }
}
