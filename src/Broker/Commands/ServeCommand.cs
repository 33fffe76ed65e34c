using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using MoshBroker.Configuration;
using MoshBroker.Tenants;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker serve</c>: reads the options, and runs the broker until a signal ends it.</summary>
internal static class ServeCommand
{
    public static Command Create(Func<ServeOptions, CancellationToken, Task<int>> serve, HostEnvironment host, IReadOnlyList<string> words)
    {
        Option<string> config = new("--config") { HelpName = "FILE", Description = "YAML with these flags as keys; a flag given here stands instead of its key" };
        Dictionary<string, Option<string[]>> flags = ServeFlags.All.ToDictionary(flag => flag.Name, ToOption, StringComparer.Ordinal);
        Command command = new("serve", "Run the broker") { config };
        Option<bool> supervise = new("--supervise") { Description = "Run it as a child, and start it again when it dies; its sessions go on" };
        Option<string> supervised = new("--supervised") { Hidden = true };
        Option<bool> check = new("--check") { Hidden = true };
        Option<bool> ends = new(Supervisor.EndsFlag) { Hidden = true };
        command.Options.Add(supervise);
        command.Options.Add(supervised);
        command.Options.Add(check);
        command.Options.Add(ends);
        foreach (Option<string[]> option in flags.Values) { command.Options.Add(option); }
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Dictionary<string, List<Setting>> given = new(StringComparer.Ordinal);
            foreach ((string name, Option<string[]> option) in flags)
            {
                if (parsed.GetResult(option) is not { Implicit: false }) { continue; }
                given[name] = [.. parsed.GetRequiredValue(option).Select(value => new Setting(value, option.Name, host.WorkingDirectory))];
            }

            ServeOptions options = ServeOptionsReader.Read(given, parsed.GetValue(config), host) with { Successor = parsed.GetValue(supervised), Words = words };
            if (parsed.GetValue(check)) { return Check(options, host); }
            if (parsed.GetValue(supervise))
            {
                using Supervisor supervisor = new([.. words.Where(word => word != supervise.Name)], options.DataDirectory);
                return await supervisor.RunAsync();
            }

            using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            if (parsed.GetValue(ends)) { await stopping.CancelAsync(); }
            return await serve(options, stopping.Token);

            // The first signal stops in order; a second one, from somebody who will not wait, has its usual effect.
            void Stop(PosixSignalContext context)
            {
                context.Cancel = !stopping.IsCancellationRequested;
                stopping.Cancel();
            }
        });
        return command;
    }

    /// <summary>Would it start? Asked by a broker that is about to hand over; nothing of a running one is touched.</summary>
    private static int Check(ServeOptions options, HostEnvironment host)
    {
        if (options.PolicyFile is { } file && PolicyReading.Of(file, PolicySurroundings.Of(host, options.Ports)) is { Policy: null } bad)
        {
            throw new StartRefusedException($"--policy {bad.Faults[0]}", exitCode: ExitCodes.Usage);
        }

        return ExitCodes.Ok;
    }

    private static Option<string[]> ToOption(ServeFlag flag)
    {
        Option<string[]> option = new($"--{flag.Name}")
        {
            HelpName = flag.Form,
            Description = flag.Description,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        if (!flag.MayRepeat)
        {
            option.Validators.Add(result =>
            {
                if (result.IdentifierTokenCount > 1) { result.AddError($"{option.Name} is given twice"); }
            });
        }

        return option;
    }
}
