using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Stock's mosh-server, one process a session; those that are left are ended with the test run.</summary>
internal sealed partial class StockServer : MoshServer
{
    private readonly ConcurrentBag<int> _started = [];

    public override IReadOnlyList<string> Open => ["mosh-server"];

    public override bool IsStock => true;

    public override async Task<CommandResult> RunOpenAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string? directory = null)
    {
        CommandResult result = await base.RunOpenAsync(arguments, environment, directory);
        Match match = Detached().Match(result.Error);
        if (match.Success) { _started.Add(int.Parse(match.Groups[1].ValueSpan)); }
        return result;
    }

    public override ValueTask DisposeAsync()
    {
        foreach (int process in _started) { Command.Kill(process); }
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"detached, pid = (\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Detached();
}
