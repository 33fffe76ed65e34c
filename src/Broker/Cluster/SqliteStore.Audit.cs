using Dapper;
using Microsoft.Data.Sqlite;
using MoshBroker.Audit;

namespace MoshBroker.Cluster;

/// <summary>The trail's events, to be asked.</summary>
internal sealed partial class SqliteStore : IAuditStore
{
    public Task<(long Number, byte[] Hash)> AuditHeadAsync(CancellationToken cancellationToken) => _writer.WriteAsync(
        connection => connection.Query<(long, byte[])?>("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1").SingleOrDefault() ?? (0L, AuditLine.Genesis),
        cancellationToken);

    public Task AppendAuditAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            foreach (AuditRecord record in records) { Insert(connection, record); }
            return records.Count;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> QueryAuditAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT line FROM (
              SELECT number, line FROM audit
              WHERE (@since IS NULL OR at_ms >= @since) AND (@until IS NULL OR at_ms < @until) AND (@Name IS NULL OR name = @Name)
                AND (@Tenant IS NULL OR tenant = @Tenant) AND (@User IS NULL OR user = @User) AND (@Session IS NULL OR session = @Session)
              ORDER BY number DESC LIMIT @Limit)
            ORDER BY number
            """;
        long? since = filter.Since?.ToUnixTimeMilliseconds();
        long? until = filter.Until?.ToUnixTimeMilliseconds();
        return ReadAsync<string>(
            () => [.. _reading.Query<string>(Sql, new { since, until, filter.Name, filter.Tenant, filter.User, filter.Session, filter.Limit })],
            cancellationToken);
    }

    public Task<int> PruneAuditAsync(string? tenant, IReadOnlyCollection<string> others, DateTimeOffset before, CancellationToken cancellationToken)
    {
        long beforeMs = before.ToUnixTimeMilliseconds();

        // The last one stays whatever its age: it says where the chain stands.
        const string NotLast = "number < (SELECT max(number) FROM audit)";
        return _writer.WriteAsync(
            connection => tenant is not null
                ? connection.Execute($"DELETE FROM audit WHERE tenant = @tenant AND at_ms < @beforeMs AND {NotLast}", new { tenant, beforeMs })
                : connection.Execute($"DELETE FROM audit WHERE (tenant IS NULL OR tenant NOT IN @others) AND at_ms < @beforeMs AND {NotLast}", new { others, beforeMs }),
            cancellationToken);
    }

    private static void Insert(SqliteConnection connection, AuditRecord record) => connection.Execute(
        """
        INSERT OR IGNORE INTO audit (number, at_ms, name, tenant, user, session, line, hash)
        VALUES (@Number, @at, @Name, @Tenant, @User, @Session, @line, @Hash)
        """,
        new
        {
            record.Number,
            at = record.At.ToUnixTimeMilliseconds(),
            record.Event.Name,
            record.Event.Tenant,
            record.Event.User,
            record.Event.Session,
            line = System.Text.Encoding.UTF8.GetString(record.Line),
            record.Hash,
        });
}
