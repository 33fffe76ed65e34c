using MoshBroker.Configuration;
using MoshBroker.Firewall;
using MoshBroker.FrontDoor;
using MoshBroker.Tenants;

namespace MoshBroker.Diagnosis;

/// <summary>What the security review asks of administrators, looked at on this machine: for <c>moshbroker doctor</c> and the posture page.</summary>
internal static class Doctor
{
    /// <param name="scrape">Seconds since metrics were last asked for; negative for never, null when it is not known.</param>
    /// <param name="sshd">The front door's configuration where it is not the data folder's.</param>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(
        ServeOptions serve, Policy? policy, FirewallPorts ports, double? scrape, string? sshd, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        if (serve.PolicyFile is { } named && policy is null) { findings.Add(new Finding(named, Severity.Critical, "is not a valid policy", "the broker will not start with it, and refuses it when it runs", $"moshbroker policy check {named}")); }
        findings.AddRange(await OfSshdAsync(sshd ?? SshDaemon.ConfigurationIn(serve.DataDirectory), sshd is not null, cancellation));
        string? ruleset = await ProgramRun.OutputOfAsync("nft", ["-j", "list", "ruleset"], cancellation);
        findings.AddRange(FirewallFindings.Of(ruleset, policy, ports));
        findings.Add(HostFindings.OfScrape(scrape));
        findings.AddRange(HostFindings.OfFiles(serve, policy));
        findings.Add(HostFindings.OfClock());
        findings.AddRange(HostFindings.OfLimits(serve));
        return findings;
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
}
