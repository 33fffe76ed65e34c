using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using MoshBroker.Configuration;

namespace MoshBroker.Commands;

/// <summary>The broker's verbs. <c>open</c> and <c>connect</c> are programs of their own, which the launcher starts.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Holds many people's Mosh sessions in one service; stock mosh connects unchanged.

          moshbroker open      stands in for mosh-server: mosh --server="moshbroker open" host
        """;

    /// <summary>The version of this build, without the commit.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Parses and runs one command line; the result is the exit status.</summary>
    /// <param name="serve">Runs the broker until the token is cancelled, which SIGINT and SIGTERM do.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        Func<ServeOptions, CancellationToken, Task<int>> serve,
        HostEnvironment host,
        TextWriter output,
        TextWriter error)
    {
        Command root = new("moshbroker", Description) { new HelpOption(), new Option<bool>("--version") { Description = "Show the version" } };
        root.Subcommands.Add(ServeCommand.Create(serve, host, arguments));
        root.Subcommands.Add(SessionsCommand.Create(host));
        root.Subcommands.Add(AuditCommand.Create(host));
        root.Subcommands.Add(PolicyCommand.Create(host));
        root.Subcommands.Add(FirewallCommand.Create(host));
        root.Subcommands.Add(DoctorCommand.Create(host));
        root.Subcommands.Add(RecordingCommand.Create(host));
        root.Subcommands.Add(UpgradeCommand.Create(host));
        root.Subcommands.Add(DrainCommand.Create(host));
        root.Subcommands.Add(TokenCommand.Create(host));
        root.Subcommands.Add(StoreCommand.Create(host));
        root.Subcommands.Add(ProbeCommand.Create(host));
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.GetValue<bool>("--version") && parsed.CommandResult.Command == root)
        {
            await output.WriteLineAsync($"moshbroker {Version}");
            return ExitCodes.Ok;
        }

        if (parsed.Action is not HelpAction && Fault(parsed, root) is { } fault)
        {
            await error.WriteLineAsync($"moshbroker: {OneLine.Of(fault)}. See: {Path(parsed.CommandResult)} --help");
            return ExitCodes.Usage;
        }

        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation);
        }
        catch (StartRefusedException e)
        {
            await error.WriteLineAsync($"moshbroker: {e.Message}");
            return e.ExitCode;
        }
    }

    private static string? Fault(ParseResult parsed, Command root)
    {
        if (parsed.CommandResult.Command == root && parsed.UnmatchedTokens.Count > 0)
        {
            return $"'{parsed.UnmatchedTokens[0]}' is not a command";
        }

        return parsed.Errors.Count > 0 ? parsed.Errors[0].Message.TrimEnd('.') : null;
    }

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;
}
