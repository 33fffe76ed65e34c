using System.Globalization;
using Dapper;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>Changes as they travel by <c>NOTIFY</c>: words, told to everybody at the commit. What a later build adds is not understood, and left out.</summary>
internal static class PostgresNotice
{
    /// <summary>Channels are a database's; stores are a schema's.</summary>
    private const string Prefix = "moshbroker_";

    public static void Send(NpgsqlConnection connection, StoreChange change) =>
        connection.Execute("SELECT pg_notify(@Prefix || current_schema(), @text)", new { Prefix, text = ToText(change) });

    /// <summary>From here on the connection is told.</summary>
    public static async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string listen = (await connection.ExecuteScalarAsync<string>(
            new CommandDefinition("SELECT 'LISTEN ' || quote_ident(@Prefix || current_schema())", new { Prefix }, cancellationToken: cancellationToken)))!;
        await connection.ExecuteAsync(new CommandDefinition(listen, cancellationToken: cancellationToken));
    }

    public static string ToText(StoreChange change) => change switch
    {
        StoreChange.NodeChanged node => $"node {node.Name}",
        StoreChange.SessionOwned owned => string.Create(CultureInfo.InvariantCulture, $"owned {owned.SessionId} {owned.Owner} {owned.Epoch}"),
        StoreChange.SessionEnded ended => $"ended {ended.SessionId}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static StoreChange? Parse(string text) => text.Split(' ') switch
    {
        ["node", { Length: > 0 } name] => new StoreChange.NodeChanged(name),
        ["owned", { Length: > 0 } session, { Length: > 0 } owner, var epoch] when long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long number) =>
            new StoreChange.SessionOwned(session, owner, number),
        ["ended", { Length: > 0 } session] => new StoreChange.SessionEnded(session),
        _ => null,
    };
}
