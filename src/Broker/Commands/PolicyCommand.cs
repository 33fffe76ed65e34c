using System.CommandLine;
using MoshBroker.Configuration;
using MoshBroker.Tenants;
using MoshBroker.Tenants.Reading;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker policy</c>: checks a policy file before a broker takes it, and answers questions about one.</summary>
internal static class PolicyCommand
{
    public static Command Create(HostEnvironment host)
    {
        Argument<string> file = new("FILE") { Description = "Policy file" };
        Command check = new("check", "Check a policy file") { file };
        check.SetAction((parsed, _) => CheckAsync(parsed, host, parsed.GetRequiredValue(file)));

        Command schema = new("schema", "Print the JSON schema for editors");
        schema.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(PolicySchema.Render()));
        return new Command("policy", "Check a policy file") { check, schema };
    }

    private static async Task<int> CheckAsync(ParseResult parsed, HostEnvironment host, string file)
    {
        PolicyReading reading = PolicyReading.Of(Path.GetFullPath(file, host.WorkingDirectory), PolicySurroundings.Of(host, null));
        if (reading.Policy is not { } policy)
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            foreach (PolicyFault fault in reading.Faults) { await error.WriteLineAsync(fault.ToString()); }
            if (reading.FaultCount > reading.Faults.Count) { await error.WriteLineAsync($"… and {reading.FaultCount - reading.Faults.Count} more"); }
            return ExitCodes.Usage;
        }

        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            $"{Path.GetFileName(file)} is valid: {policy.Tenants.Count} tenants, {policy.Tenants.Values.Sum(tenant => tenant.Users.Count)} users, {policy.Tenants.Values.Sum(tenant => tenant.Targets.Count)} targets.");
        return ExitCodes.Ok;
    }
}
