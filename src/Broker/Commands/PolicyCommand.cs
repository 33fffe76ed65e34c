using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using MoshBroker.Configuration;
using MoshBroker.Control;
using MoshBroker.Tenants;
using MoshBroker.Tenants.Reading;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker policy</c>: checks a policy file before a broker takes it, and answers questions about one.</summary>
internal static class PolicyCommand
{
    private const int ShownLines = 40;

    public static Command Create(HostEnvironment host)
    {
        Option<string> broker = new("--broker") { HelpName = "SOCKET", Description = "Control socket of the broker whose policy to compare with" };
        Argument<string> file = new("FILE") { Description = "Policy file" };
        Command check = new("check", "Check a policy file; beside a running broker, show what would change and who would lose access") { file, broker };
        check.SetAction((parsed, cancellation) => CheckAsync(parsed, host, parsed.GetRequiredValue(file), parsed.GetValue(broker), cancellation));

        Argument<string> user = new("USER@TENANT") { Description = "Who" };
        Option<string> target = new("--target") { HelpName = "NAME", Description = "To which target (the tenant's default)" };
        Option<string> from = new("--from") { HelpName = "ADDR", Description = "From which address", Required = true };
        Option<string> at = new("--at") { HelpName = "MOMENT", Description = "When, such as 2027-01-31T18:00:00Z (now)" };
        Option<string> policy = new("--policy") { HelpName = "FILE", Description = "By which policy (the running broker's)" };
        Command explain = new("explain", "Say whether somebody may have a session, and why or why not") { user, target, from, at, policy, broker };
        explain.SetAction((parsed, cancellation) => ExplainAsync(
            parsed,
            host,
            new Question(parsed.GetRequiredValue(user), parsed.GetValue(target), parsed.GetRequiredValue(from), parsed.GetValue(at), parsed.GetValue(policy), parsed.GetValue(broker)),
            cancellation));

        Command schema = new("schema", "Print the JSON schema for editors");
        schema.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(PolicySchema.Render()));
        return new Command("policy", "Check a policy file, or ask what it allows") { check, explain, schema };
    }

    private static async Task<int> CheckAsync(ParseResult parsed, HostEnvironment host, string file, string? broker, CancellationToken cancellation)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        PolicyReading reading = PolicyReading.Of(Path.GetFullPath(file, host.WorkingDirectory), PolicySurroundings.Of(host, null));
        if (reading.Policy is not { } policy)
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            foreach (PolicyFault fault in reading.Faults) { await error.WriteLineAsync(fault.ToString()); }
            if (reading.FaultCount > reading.Faults.Count) { await error.WriteLineAsync($"… and {reading.FaultCount - reading.Faults.Count} more"); }
            return ExitCodes.Usage;
        }

        await output.WriteLineAsync(
            $"{Path.GetFileName(file)} is valid: {policy.Tenants.Count} tenants, {policy.Tenants.Values.Sum(tenant => tenant.Users.Count)} users, {policy.Tenants.Values.Sum(tenant => tenant.Targets.Count)} targets.");
        if (await FindRunningAsync(host, broker, cancellation) is not { } running)
        {
            await output.WriteLineAsync("No broker runs here to compare it with (--broker SOCKET names one).");
            return ExitCodes.Ok;
        }

        PolicyComparison comparison = PolicyComparison.Of(running, policy, TimeProvider.System.GetUtcNow());
        await WriteAsync(output, "Nothing would change.", "Would change:", comparison.Changes);
        await WriteAsync(output, "Nobody would lose access.", "Would lose access:", comparison.Losses);
        return ExitCodes.Ok;
    }

    private static async Task WriteAsync(TextWriter output, string none, string heading, IReadOnlyList<string> lines)
    {
        await output.WriteLineAsync(lines.Count == 0 ? none : heading);
        foreach (string line in lines.Take(ShownLines)) { await output.WriteLineAsync($"  {line}"); }
        if (lines.Count > ShownLines) { await output.WriteLineAsync($"  … and {lines.Count - ShownLines} more"); }
    }

    private static async Task<int> ExplainAsync(ParseResult parsed, HostEnvironment host, Question question, CancellationToken cancellation)
    {
        Policy policy = question.PolicyFile is { } file
            ? PolicyReading.Of(Path.GetFullPath(file, host.WorkingDirectory), PolicySurroundings.Of(host, null)) is { } reading && reading.Policy is { } read
                ? read
                : throw new StartRefusedException($"{file} is not a valid policy: moshbroker policy check {file} says why", exitCode: ExitCodes.Usage)
            : await FindRunningAsync(host, question.Broker, cancellation) ?? throw new StartRefusedException("no broker runs here: name a policy by --policy FILE, or a broker's socket by --broker");
        if (!IPAddress.TryParse(question.From, out IPAddress? source)) { throw new StartRefusedException($"--from {OneLine.Of(question.From)}: not an IP address", exitCode: ExitCodes.Usage); }
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (question.At is { } moment && !DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out now))
        {
            throw new StartRefusedException($"--at {OneLine.Of(moment)}: not a moment: write it as 2027-01-31T18:00:00Z", exitCode: ExitCodes.Usage);
        }

        string[] names = question.User.Split('@');
        if (names.Length != 2 || policy.FindUser(names[1], names[0]) is not { } user)
        {
            throw new StartRefusedException($"'{OneLine.Of(question.User)}' is no user of the policy: write USER@TENANT");
        }

        Credential credential = new Credential.Key(user.Keys.Count > 0 ? user.Keys[0].Fingerprint : "");
        Decision decision = Policy.Decide(user, credential, source, question.Target, now, default);
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (decision.Denial is { } denial)
        {
            await output.WriteLineAsync($"no: {denial.Reason.ToName()}: {denial.Explanation}");
            await output.WriteLineAsync($"the user is told: {denial.UserLine}");
            return ExitCodes.Failed;
        }

        Admission admission = decision.Admission!;
        string end = admission.Lease.HasEnd ? $", until {admission.Lease.EndsAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({admission.Lease.Cause})" : "";
        await output.WriteLineAsync($"yes: {user} reaches {admission.Target!.Name} from {source}{end}; quotas are not asked");
        return ExitCodes.Ok;
    }

    /// <summary>The policy that a broker holds now; null when none runs.</summary>
    private static async Task<Policy?> FindRunningAsync(HostEnvironment host, string? broker, CancellationToken cancellation)
    {
        byte[] answer;
        try
        {
            answer = await ControlClient.AskAsync(ControlClient.FindSocket(broker, host), new ControlMessage("policy-show"u8), cancellation);
        }
        catch (StartRefusedException) when (broker is null)
        {
            return null;
        }

        string text = JsonSerializer.Deserialize<string>(answer) ?? "";

        // The running one was checked against that machine and those flags; here it is only read.
        PolicySurroundings anywhere = PolicySurroundings.Of(host, null) with { IsDevelopment = true, FindAccount = static _ => uint.MaxValue, Uid = 0 };
        return text.Length == 0 ? Policy.None : PolicyReading.OfText(text, "running policy", anywhere).Policy ?? throw new StartRefusedException("the running policy is not understood: use the moshbroker of the same version");
    }

    private sealed record Question(string User, string? Target, string From, string? At, string? PolicyFile, string? Broker);
}
