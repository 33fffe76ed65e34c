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
        Option<string> sshd = new("--sshd-config") { HelpName = "FILE", Description = "The front door's generated configuration (DIR/frontdoor/sshd_config, if it is there)" };
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker" };
        Command doctor = new("doctor", "Check this machine and the broker's surroundings (exit status 0: well, 3: warnings, 4: critical)") { json, sshd, broker };
        options.AddTo(doctor);
        doctor.SetAction(async (parsed, cancellation) =>
        {
            ServeOptions serve = options.ReadOptions(parsed, host);
            Policy? policy = serve.PolicyFile is { } file ? PolicyReading.Of(file, PolicySurroundings.Of(host, serve.Ports)).Policy : null;
            double? scrape = await AskScrapeAsync(parsed.GetValue(broker), host, cancellation);
            IReadOnlyList<Finding> findings = await Doctor.ExamineAsync(serve, policy, options.ReadPorts(parsed, serve), scrape, parsed.GetValue(sshd), cancellation);
            await PrintAsync(parsed.InvocationConfiguration.Output, findings, parsed.GetValue(json));
            return findings.Max(finding => finding.Severity) switch { Severity.Critical => CriticalStatus, Severity.Warning => WarningStatus, _ => ExitCodes.Ok };
        });
        return doctor;
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

    private static async Task PrintAsync(TextWriter output, IReadOnlyList<Finding> findings, bool json)
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
