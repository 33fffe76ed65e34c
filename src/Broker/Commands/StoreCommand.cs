using System.CommandLine;
using MoshBroker.Cluster;
using MoshBroker.Configuration;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker store</c>: what is to be done with the secrets at rest.</summary>
internal static class StoreCommand
{
    public static Command Create(HostEnvironment host)
    {
        Option<string> data = new("--data") { HelpName = "DIR", Description = "Data folder of the broker" };
        Option<bool> next = new("--next") { Description = "Make it known only, not sealed under yet: for the nodes of a cluster, which must all know it first" };
        Command rotate = new("rotate-key", "Make the next master key, which the broker takes at its next start or upgrade") { data, next };
        rotate.SetAction(async (parsed, cancellation) =>
        {
            string folder = parsed.GetValue(data) is { } given ? Path.GetFullPath(given, host.WorkingDirectory)
                : host.DefaultDataDirectory() ?? throw new StartRefusedException("no data folder: give one by --data, or set HOME", exitCode: ExitCodes.Usage);
            string? named = host.Variable(MasterKey.PathVariable) is { Length: > 0 } path ? Path.GetFullPath(path, host.WorkingDirectory) : null;
            string made = MasterKeys.Make(folder, named, parsed.GetValue(next));
            TextWriter output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync($"Made {made}.".AsMemory(), cancellation);
            await output.WriteLineAsync((parsed.GetValue(next)
                ? "Give it to all nodes and restart them, one after the other; then take .next off its name, and restart them again. The last one that says that 0 secrets were left needs the keys before it no more."
                : "Restart or upgrade the broker: it seals its secrets anew, and says so. Then the keys before it can be removed.").AsMemory(), cancellation);
            return ExitCodes.Ok;
        });
        return new Command("store", "Look after the secrets in the session store") { rotate };
    }
}
