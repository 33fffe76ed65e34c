using System.Net;
using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private string File => Path.Combine(_folder.Path, "broker.yaml");

    public void Dispose() => _folder.Dispose();

    private async Task<ServeOptions> ServedAsync(string yaml, params string[] arguments)
    {
        await System.IO.File.WriteAllTextAsync(File, yaml);
        CommandLineRun run = await CommandLineRun.Of(["serve", "--config", File, .. arguments]);
        Assert.Equal("", run.Error);
        return run.Served!;
    }

    private async Task<string> RefusedAsync(string yaml)
    {
        await System.IO.File.WriteAllTextAsync(File, yaml);
        return await RefusedFileAsync(File);
    }

    private static async Task<string> RefusedFileAsync(string file)
    {
        CommandLineRun run = await CommandLineRun.Of("serve", "--config", file);
        Assert.Equal(2, run.Status);
        Assert.DoesNotContain('\n', run.Error[..^1]);
        return run.Error[..^1];
    }

    [Fact]
    public async Task Every_flag_can_stand_in_the_file()
    {
        ServeOptions options = await ServedAsync(
            """
            # A comment.
            data: /d
            socket: /s/broker.sock
            listen-host: "::1"
            ports: [60001:60010, shared:61000]
            http: off
            metrics: 127.0.0.1:9090
            ssh: off
            store: sqlite:/d/x.db
            node: n1
            """);

        Assert.Equal(("/d", "/s/broker.sock", "n1"), (options.DataDirectory, options.SocketPath, options.Node));
        Assert.Equal(IPAddress.IPv6Loopback, options.ListenHost);
        Assert.Equal([new PortSource.Range(60001, 60010), new PortSource.Shared(61000)], options.Ports);
        Assert.Null(options.Http);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:9090"), options.Metrics);
        Assert.Equal(new StoreAddress.Sqlite("/d/x.db"), options.Store);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("---\n")]
    public async Task An_empty_file_leaves_the_defaults(string yaml)
    {
        Assert.Equal("host-1", (await ServedAsync(yaml)).Node);
    }

    [Fact]
    public async Task A_flag_on_the_command_line_stands_instead_of_the_key()
    {
        ServeOptions options = await ServedAsync("ports: [1:2, 5:6]\nnode: n1\n", "--ports", "7:8");

        Assert.Equal([new PortSource.Range(7, 8)], options.Ports);
        Assert.Equal("n1", options.Node);
    }

    [Fact]
    public async Task Relative_paths_start_at_the_files_folder()
    {
        Assert.Equal(Path.Combine(_folder.Path, "state"), (await ServedAsync("data: state\n")).DataDirectory);
    }

    [Fact]
    public async Task An_unknown_key_is_named_with_its_line()
    {
        Assert.Equal(
            $"moshbroker: {File} line 3: unknown key 'prots': known are data, socket, listen-host, ports, capacity, http, http-proxy, metrics, session-metrics, otlp, ssh, ssh-account, ssh-host-key, ssh-proxy, store, policy, node, extensions, advertise",
            await RefusedAsync("node: n1\n\nprots: 1:2\n"));
    }

    [Theory]
    [InlineData("node: n1\nhttp: 127.0.0.1\n", "line 2: http 127.0.0.1: not an address and a port")]
    [InlineData("ports:\n- 60001:60010\n- 5:1\n", "line 1: ports 5:1: not a range of ports")]
    [InlineData("node: [a]\n", "line 1: node takes NAME")]
    [InlineData("node: {a: b}\n", "line 1: node takes NAME")]
    [InlineData("node:\n", "node takes NAME")]
    [InlineData("ports: []\n", "line 1: ports takes LO:HI|shared:PORT, or a list of these")]
    [InlineData("[a]: b\n", "line 1: a key must be a word")]
    [InlineData("- a\n", "line 1: write 'flag: value' lines")]
    [InlineData("just words\n", "line 1: write 'flag: value' lines")]
    [InlineData("node: a\nnode: b\n", "line 2: not YAML: Duplicate key")]
    [InlineData("node: 'a\n", "not YAML: ")]
    [InlineData("node: a\n---\nnode: b\n", "line 3: one document only")]
    public async Task A_fault_is_named_with_its_line(string yaml, string fault)
    {
        string line = await RefusedAsync(yaml);

        Assert.StartsWith($"moshbroker: {File} ", line, StringComparison.Ordinal);
        Assert.Contains(fault, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_file_holds_it_is_read_or_refused_in_one_line()
    {
        const string Sample = "node: {a: [b, 'c'], d: \"e\"}\nports:\n- 60001:60010\n- &x shared:1 # y\nhttp: |\n  off\n";
        const string Marks = "{}[]:,'\"\n -&*|>#?!%a";
        Random random = new(20260701);
        for (int run = 0; run < 3000; run++)
        {
            char[] text = Sample.ToCharArray();
            for (int i = random.Next(1, 6); i > 0; i--) { text[random.Next(text.Length)] = Marks[random.Next(Marks.Length)]; }
            System.IO.File.WriteAllText(File, text);
            try
            {
                _ = ConfigFile.Read(File);
            }
            catch (StartRefusedException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
            }
        }
    }

    [Fact]
    public async Task A_missing_file_is_named_with_the_cure()
    {
        string line = await RefusedFileAsync(Path.Combine(_folder.Path, "none.yaml"));

        Assert.StartsWith($"moshbroker: config {_folder.Path}/none.yaml: Could not find", line, StringComparison.Ordinal);
        Assert.EndsWith(": name a file that the broker's user can read by --config", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_not_a_config()
    {
        Assert.StartsWith($"moshbroker: config {_folder.Path}: ", await RefusedFileAsync(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_beyond_all_measure_is_not_read()
    {
        Assert.Contains("longer than", await RefusedAsync(new string('#', 1024 * 1024 + 1)), StringComparison.Ordinal);
    }
}
