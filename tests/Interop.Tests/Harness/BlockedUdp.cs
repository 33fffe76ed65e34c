namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A firewall that drops UDP to and from a broker's ports, in a table of its own, until it is disposed.</summary>
internal sealed class BlockedUdp : IAsyncDisposable
{
    private readonly string _table = $"moshbroker_test_{Guid.NewGuid():N}";

    private bool _isDisposed;

    private BlockedUdp()
    {
    }

    /// <param name="ports">LOW:HIGH, or one.</param>
    /// <param name="matches">What of it, in nft's words: "ip", "daddr", …; nothing for all.</param>
    public static async Task<BlockedUdp> StartAsync(string ports, params IReadOnlyList<string> matches)
    {
        BlockedUdp blocked = new();
        string range = ports.Replace(':', '-');
        await NftAsync("add", "table", "inet", blocked._table);
        await NftAsync("add", "chain", "inet", blocked._table, "way", "{ type filter hook input priority 0; }");
        await NftAsync(["add", "rule", "inet", blocked._table, "way", .. matches, "udp", "dport", range, "counter", "drop"]);
        if (matches.Count == 0) { await NftAsync("add", "rule", "inet", blocked._table, "way", "udp", "sport", range, "counter", "drop"); }
        return blocked;
    }

    /// <summary>How many datagrams it has dropped.</summary>
    public async Task<long> DroppedAsync()
    {
        CommandResult rules = await Command.RunAsync(["/usr/sbin/nft", "list", "table", "inet", _table]);
        return System.Text.RegularExpressions.Regex.Matches(rules.Output, "packets ([0-9]+)").Sum(match => long.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) { return; }
        _isDisposed = true;
        await NftAsync("delete", "table", "inet", _table);
    }

    private static async Task NftAsync(params IReadOnlyList<string> words)
    {
        CommandResult done = await Command.RunAsync(["/usr/sbin/nft", .. words]);
        Assert.True(done.ExitCode == 0, done.Error);
    }
}
