using MoshBroker.Audit;

namespace MoshBroker.Cluster;

/// <content>The trail's events, to be asked. Each node has a chain of its own; questions go to all of them.</content>
internal abstract partial class SqlStore
{
    /// <summary>Whose chain is appended to.</summary>
    private protected string AuditNode { get; init; } = "";

    public Task<(long Number, byte[] Hash)> AuditHeadAsync(CancellationToken cancellationToken) => _engine.WriteAsync(
        StoreLane.Bulk,
        transaction => transaction.Query<(long, byte[])>("SELECT number, hash FROM audit WHERE node = @AuditNode ORDER BY number DESC LIMIT 1", new { AuditNode }) is [var head]
            ? head
            : (0L, AuditLine.Genesis),
        cancellationToken);

    public Task AppendAuditAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken) => _engine.WriteAsync(
        StoreLane.Bulk,
        transaction =>
        {
            foreach (AuditRecord record in records) { Insert(transaction, record); }
            return records.Count;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> QueryAuditAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        // The casts tell PostgreSQL what a missing value would be.
        const string Sql = """
            SELECT line FROM (
              SELECT at_ms, node, number, line FROM audit
              WHERE (CAST(@since AS bigint) IS NULL OR at_ms >= @since) AND (CAST(@until AS bigint) IS NULL OR at_ms < @until)
                AND (CAST(@Name AS text) IS NULL OR name = @Name) AND (CAST(@Tenant AS text) IS NULL OR tenant = @Tenant)
                AND (CAST(@User AS text) IS NULL OR "user" = @User) AND (CAST(@Session AS text) IS NULL OR session = @Session)
              ORDER BY at_ms DESC, node DESC, number DESC LIMIT @Limit) found
            ORDER BY at_ms, node, number
            """;
        long? since = filter.Since?.ToUnixTimeMilliseconds();
        long? until = filter.Until?.ToUnixTimeMilliseconds();
        return _engine.ReadAsync<IReadOnlyList<string>>(
            transaction => transaction.Query<string>(Sql, new { since, until, filter.Name, filter.Tenant, filter.User, filter.Session, filter.Limit }),
            cancellationToken);
    }

    public Task<int> PruneAuditAsync(string? tenant, IReadOnlyCollection<string> others, DateTimeOffset before, CancellationToken cancellationToken)
    {
        long beforeMs = before.ToUnixTimeMilliseconds();

        // The last one stays whatever its age: it says where the chain stands.
        const string Old = "node = @AuditNode AND at_ms < @beforeMs AND number < (SELECT max(number) FROM audit WHERE node = @AuditNode)";
        return _engine.WriteAsync(
            StoreLane.Bulk,
            transaction => tenant is not null
                ? transaction.Execute($"DELETE FROM audit WHERE tenant = @tenant AND {Old}", new { tenant, beforeMs, AuditNode })
                : transaction.Execute($"DELETE FROM audit WHERE (tenant IS NULL OR NOT ({transaction.Dialect.In("tenant", "named")})) AND {Old}", new { named = others.ToArray(), beforeMs, AuditNode }),
            cancellationToken);
    }

    private void Insert(StoreTransaction transaction, AuditRecord record) => transaction.Execute(
        """
        INSERT INTO audit (node, number, at_ms, name, tenant, "user", session, line, hash)
        VALUES (@AuditNode, @Number, @at, @Name, @Tenant, @User, @Session, @line, @Hash) ON CONFLICT DO NOTHING
        """,
        new
        {
            AuditNode,
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
