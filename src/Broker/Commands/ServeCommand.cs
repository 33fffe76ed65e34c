using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using MoshBroker.Configuration;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker serve</c>: reads the options, and runs the broker until a signal ends it.</summary>
internal static class ServeCommand
{
    public static Command Create(Func<ServeOptions, CancellationToken, Task<int>> serve, HostEnvironment host)
    {
        Option<string> config = new("--config") { HelpName = "FILE", Description = "YAML with these flags as keys; a flag given here stands instead of its key" };
        Dictionary<string, Option<string[]>> flags = ServeFlags.All.ToDictionary(flag => flag.Name, ToOption, StringComparer.Ordinal);
        Command command = new("serve", "Run the broker") { config };
        foreach (Option<string[]> option in flags.Values) { command.Options.Add(option); }
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Dictionary<string, List<Setting>> given = new(StringComparer.Ordinal);
            foreach ((string name, Option<string[]> option) in flags)
            {
                if (parsed.GetResult(option) is not { Implicit: false }) { continue; }
                given[name] = [.. parsed.GetRequiredValue(option).Select(value => new Setting(value, option.Name, host.WorkingDirectory))];
            }

            ServeOptions options = ServeOptionsReader.Read(given, parsed.GetValue(config), host);
            using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
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
