using System.CommandLine;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Diagnosis;
using MoshBroker.Tenants;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker doctor</c>: what the security review asks of administrators, looked at on this machine.</summary>
internal static class DoctorCommand
{
    private const int WarningStatus = 3;
    private const int CriticalStatus = 4;

    public static Command Create(HostEnvironment host)
    {
        SurroundingOptions options = new();
        Option<bool> json = new("--json") { Description = "Print JSON" };
        Option<string> sshd = new("--sshd-config") { HelpName = "FILE", Description = "The front door's generated configuration (DIR/ssh/sshd_config, if it is there)" };
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker" };
        Command doctor = new("doctor", "Check this machine and the broker's surroundings (exit status 0: well, 3: warnings, 4: critical)") { json, sshd, broker };
        options.AddTo(doctor);
        doctor.SetAction(async (parsed, cancellation) =>
        {
            ServeOptions serve = options.ReadOptions(parsed, host);
            Policy? policy = serve.PolicyFile is { } file ? PolicyReading.Of(file, PolicySurroundings.Of(host, serve.Ports)).Policy : null;
            List<Finding> findings = [];
            if (serve.PolicyFile is { } named && policy is null) { findings.Add(new Finding(named, Severity.Critical, "is not a valid policy", "the broker will not start with it, and refuses it when it runs", $"moshbroker policy check {named}")); }
            findings.AddRange(await OfSshdAsync(parsed.GetValue(sshd) ?? Path.Combine(serve.DataDirectory, "ssh/sshd_config"), parsed.GetValue(sshd) is not null, cancellation));
            string? ruleset = await ProgramRun.OutputOfAsync("nft", ["-j", "list", "ruleset"], cancellation);
            findings.AddRange(FirewallFindings.Of(ruleset, policy, options.ReadPorts(parsed, serve)));
            findings.Add(HostFindings.OfScrape(await AskScrapeAsync(parsed.GetValue(broker), host, cancellation)));
            findings.AddRange(HostFindings.OfFiles(serve, policy));
            findings.Add(HostFindings.OfClock());
            findings.AddRange(HostFindings.OfLimits(serve));
            await PrintAsync(parsed.InvocationConfiguration.Output, findings, parsed.GetValue(json));
            return findings.Max(finding => finding.Severity) switch { Severity.Critical => CriticalStatus, Severity.Warning => WarningStatus, _ => ExitCodes.Ok };
        });
        return doctor;
    }

    private static async Task<IEnumerable<Finding>> OfSshdAsync(string ours, bool isNamed, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        string? system = await ProgramRun.OutputOfAsync("sshd", ["-T"], cancellation);
        if (system is not null) { findings.AddRange(SshdFindings.OfConfiguration("the system's sshd", system, isFrontDoor: false)); }
        else { findings.Add(new Finding("the system's sshd", Severity.Ok, "is not there, or does not tell its configuration to this user (run this as root)")); }
        if (File.Exists(ours) || isNamed)
        {
            string? effective = await ProgramRun.OutputOfAsync("sshd", ["-T", "-f", ours], cancellation);
            if (effective is not null) { findings.AddRange(SshdFindings.OfConfiguration("the front door", effective, isFrontDoor: true)); }
            else { findings.Add(new Finding("the front door", Severity.Critical, $"sshd does not take {ours}", "nobody can log in", $"sshd -t -f {ours}")); }
        }

        string? package = (await ProgramRun.OutputOfAsync("dpkg-query", ["-W", "-f=${Version}", "openssh-server"], cancellation))?.Trim();
        string? version = (await ProgramRun.OutputOfAsync("ssh", ["-V"], cancellation))?.Split('\n')[0].Trim();
        if (version is not null)
        {
            bool isFixed = package is not null && await ProgramRun.OutputOfAsync("dpkg", ["--compare-versions", package, "ge", SshdFindings.DebianFixed], cancellation) is not null;
            findings.Add(SshdFindings.OfVersion(version, package, isFixed));
        }

        return findings;
    }

    /// <summary>Seconds since the broker's metrics were last asked for; negative for never, null when no broker answers.</summary>
    private static async Task<double?> AskScrapeAsync(string? broker, HostEnvironment host, CancellationToken cancellation)
    {
        try
        {
            return JsonSerializer.Deserialize<double>(await ControlClient.AskAsync(ControlClient.FindSocket(broker, host), new ControlMessage("scrape-age"u8), cancellation));
        }
        catch (Exception failure) when (failure is StartRefusedException or JsonException)
        {
            return broker is null ? null : throw new StartRefusedException($"the broker at {broker} does not say when it was scraped: {OneLine.Of(failure)}");
        }
    }

    private static async Task PrintAsync(TextWriter output, List<Finding> findings, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(findings, FindingJson.Default.IReadOnlyListFinding));
            return;
        }

        foreach (Finding finding in findings.OrderByDescending(finding => finding.Severity))
        {
            string mark = finding.Severity switch { Severity.Critical => "CRITICAL", Severity.Warning => "warning ", _ => "ok      " };
            await output.WriteLineAsync($"{mark}  {finding.Check}: {finding.Found}");
            if (finding.Why.Length > 0) { await output.WriteLineAsync($"          why: {finding.Why}"); }
            if (finding.Fix.Length > 0) { await output.WriteLineAsync($"          fix: {finding.Fix}"); }
        }
    }
}
