using System.Text.RegularExpressions;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What stands where `mosh-server` stands: the broker, or (to check the tests themselves) stock.</summary>
internal abstract partial class MoshServer : IAsyncDisposable
{
    /// <summary>The words that take mosh-server's arguments.</summary>
    public abstract IReadOnlyList<string> Open { get; }

    public abstract bool IsStock { get; }

    /// <summary>MOSHBROKER_INTEROP_SERVER=stock runs every test against stock's mosh-server.</summary>
    public static async Task<MoshServer> StartAsync() =>
        Environment.GetEnvironmentVariable("MOSHBROKER_INTEROP_SERVER") == "stock" ? new StockServer() : await RunningBroker.StartAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs `open` with these arguments (after "new").</summary>
    public virtual Task<CommandResult> RunOpenAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string? directory = null) =>
        Command.RunAsync([.. Open, "new", .. arguments], environment, directory);

    /// <summary>Opens a session for a program (none: the login shell) and returns what the connect line says.</summary>
    public async Task<OpenedSession> OpenAsync(
        IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> program, params IReadOnlyList<string> options)
    {
        IReadOnlyList<string> words = options.Count > 0 ? options : ["-i", "127.0.0.1", "-c", "256"];
        CommandResult result = await RunOpenAsync(program.Count > 0 ? [.. words, "--", .. program] : words, environment);
        return Parse(result);
    }

    public static OpenedSession Parse(CommandResult result)
    {
        Match match = ConnectLine().Match(result.Output);
        Assert.True(match.Success, $"no connect line, exit {result.ExitCode}: {result.Output}{result.Error}");
        return new OpenedSession(int.Parse(match.Groups[1].ValueSpan), match.Groups[2].Value, SessionId().Match(result.Error).Groups[1].Value);
    }

    [GeneratedRegex(@"^MOSH CONNECT (\d+) ([A-Za-z0-9+/]{22})\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectLine();

    [GeneratedRegex(@"detached, session (\w+),", RegexOptions.CultureInvariant)]
    private static partial Regex SessionId();
}
