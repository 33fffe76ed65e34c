using MoshBroker.Commands;
using MoshBroker.Configuration;

namespace MoshBroker.Broker.Tests.Commands;

/// <summary>One run of the command line with its output caught, in an environment of the test's own.</summary>
internal sealed record CommandLineRun(int Status, string Output, string Error, ServeOptions? Served)
{
    public static HostEnvironment Host(bool isRoot = false, params (string Name, string Value)[] variables) => new(
        name => variables.FirstOrDefault(variable => variable.Name == name).Value, isRoot, "host-1", "/work");

    public static Task<CommandLineRun> Of(params string[] arguments) => Of(Host(variables: ("HOME", "/home/ann")), arguments);

    public static async Task<CommandLineRun> Of(HostEnvironment host, params string[] arguments)
    {
        ServeOptions? served = null;
        using StringWriter output = new();
        using StringWriter error = new();
        int status = await CommandLine.RunAsync(
            arguments,
            (options, _) =>
            {
                served = options;
                return Task.FromResult(0);
            },
            host,
            output,
            error);
        return new CommandLineRun(status, output.ToString(), error.ToString(), served);
    }
}
