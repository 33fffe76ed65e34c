using MoshBroker.Broker.Tests.Commands;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Configuration;
using MoshBroker.Diagnosis;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Diagnosis;

public sealed class HostFindingsTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private ServeOptions Options => new()
    {
        DataDirectory = _folder.Path,
        SocketPath = $"{_folder.Path}/broker.sock",
        Ports = [new PortSource.Range(60001, 60999)],
        Store = new StoreAddress.Sqlite($"{_folder.Path}/sessions.db"),
        Node = "here",
        PolicyFile = $"{_folder.Path}/policy.yaml",
    };

    [Fact]
    public void Keys_that_others_can_read_are_critical_and_say_how_to_close_them()
    {
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_000_000);
        File.WriteAllText($"{_folder.Path}/master.key", "x");
        File.SetUnixFileMode($"{_folder.Path}/master.key", (UnixFileMode)0b110_100_000);
        File.WriteAllText($"{_folder.Path}/policy.yaml", Policies.Small);
        File.SetUnixFileMode($"{_folder.Path}/policy.yaml", (UnixFileMode)0b110_110_100);

        Finding[] findings = [.. HostFindings.OfFiles(Options, Policies.Read(Policies.Small))];

        Assert.Equal(
            [$"chmod 0600 {_folder.Path}/master.key", $"chmod 0644 {_folder.Path}/policy.yaml"],
            findings.Where(finding => finding.Severity == Severity.Critical).Select(finding => finding.Fix));
        Assert.Contains(findings, finding => finding is { Severity: Severity.Ok } && finding.Check == _folder.Path);
        Assert.Contains(findings, finding => finding is { Severity: Severity.Warning, Check: "/etc/id" });
    }

    [Theory]
    [InlineData(null, Severity.Ok)]
    [InlineData(-1.0, Severity.Warning)]
    [InlineData(20.0, Severity.Ok)]
    [InlineData(4000.0, Severity.Warning)]
    internal void Metrics_that_nobody_reads_are_a_warning(double? age, Severity severity) => Assert.Equal(severity, HostFindings.OfScrape(age).Severity);

    [Fact]
    public void Clock_and_limits_are_looked_at()
    {
        Assert.NotEqual("", HostFindings.OfClock().Found);
        Assert.Contains(HostFindings.OfLimits(Options), finding => finding.Check == "capacity");
        Assert.Contains(HostFindings.OfLimits(Options), finding => finding.Check == "pseudo-terminals");
    }

    [Fact]
    public async Task The_doctors_exit_status_is_the_gravest_finding_and_json_has_them_all()
    {
        File.WriteAllText($"{_folder.Path}/policy.yaml", Policies.Small + "    sesions: 1\n");

        CommandLineRun run = await CommandLineRun.Of("doctor", "--json", "--data", _folder.Path, "--policy", $"{_folder.Path}/policy.yaml");

        Assert.Equal(4, run.Status);
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(run.Output);
        System.Text.Json.JsonElement first = json.RootElement[0];
        Assert.Equal(("Critical", "is not a valid policy"), (first.GetProperty("severity").GetString(), first.GetProperty("found").GetString()));
        Assert.All(json.RootElement.EnumerateArray(), finding => Assert.Equal(["check", "severity", "found", "why", "fix"], finding.EnumerateObject().Select(member => member.Name)));

        CommandLineRun text = await CommandLineRun.Of("doctor", "--data", _folder.Path, "--policy", $"{_folder.Path}/policy.yaml");
        Assert.Contains($"fix: moshbroker policy check {_folder.Path}/policy.yaml\n", text.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
