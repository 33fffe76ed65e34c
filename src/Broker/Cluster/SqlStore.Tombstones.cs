namespace MoshBroker.Cluster;

/// <content>Tombstones.</content>
internal abstract partial class SqlStore
{
    public Task<FencedOutcome> KeepTombstonesAsync(string sessionId, long heldEpoch, IReadOnlyList<ChannelRemains> channels, CancellationToken cancellationToken) =>
        WriteAsync(
            transaction =>
            {
                Fence fence = Check(transaction, sessionId, heldEpoch);
                if (fence.OutcomeForLive != FencedOutcome.Done) { return fence.OutcomeForLive; }
                foreach (ChannelRemains channel in channels) { Keep(transaction, sessionId, channel); }
                return FencedOutcome.Done;
            },
            cancellationToken);

    public Task<IReadOnlyList<TombstoneRow>> TakeTombstonesAsync(string node, DateTimeOffset endedAfter, int limit, CancellationToken cancellationToken) =>
        WriteAsync<IReadOnlyList<TombstoneRow>>(
            transaction =>
            {
                var which = new { node, before = endedAfter.ToUnixTimeMilliseconds(), limit, calendar = Epoch.At(transaction.Now) };
                transaction.Execute("DELETE FROM tombstone WHERE node = @node AND ended_ms < @before", which);
                transaction.Execute(
                    """
                    DELETE FROM tombstone WHERE (session_id, channel_id) IN (
                      SELECT session_id, channel_id FROM tombstone WHERE node = @node
                      ORDER BY ended_ms DESC, session_id, channel_id LIMIT 9223372036854775807 OFFSET @limit)
                    """,
                    which);
                transaction.Execute($"UPDATE tombstone SET epoch = {transaction.Dialect.Greatest}(epoch + 1, @calendar) WHERE node = @node", which);
                return ReadTombstones(transaction, node);
            },
            cancellationToken);

    public Task ForgetTombstoneAsync(string sessionId, int channelId, CancellationToken cancellationToken) => WriteAsync(
        transaction => transaction.Execute("DELETE FROM tombstone WHERE session_id = @sessionId AND channel_id = @channelId", new { sessionId, channelId }), cancellationToken);

    private static List<TombstoneRow> ReadTombstones(StoreTransaction transaction, string node)
    {
        const string Sql = """
            SELECT session_id, channel_id, port, epoch, sealed_key, sealed_epoch, next_expected, blocks, ended_ms
            FROM tombstone WHERE node = @node ORDER BY ended_ms, session_id, channel_id
            """;
        List<TombstoneRow> tombstones = [];
        using System.Data.Common.DbDataReader row = transaction.Read(Sql, new { node });
        while (row.Read())
        {
            ChannelRemains remains = new(row.GetInt32(1), (ulong)row.GetInt64(6), (ulong)row.GetInt64(7));
            tombstones.Add(new TombstoneRow(
                row.GetString(0), remains, row.GetInt32(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4), row.GetInt64(5), FromMs(row.GetInt64(8))));
        }

        return tombstones;
    }

    /// <summary>In the transaction that ends the session, or before.</summary>
    private static void Keep(StoreTransaction transaction, string sessionId, in ChannelRemains channel) => transaction.Execute(
        $"""
        INSERT INTO tombstone (session_id, channel_id, node, port, epoch, sealed_key, sealed_epoch, next_expected, blocks, ended_ms)
        SELECT c.session_id, c.id, s.node, c.port, {transaction.Dialect.Greatest}(c.epoch, s.epoch), c.sealed_key, c.sealed_epoch, @next,
               {transaction.Dialect.Greatest}(c.blocks, @blocks), @now
        FROM channel c JOIN session s ON s.id = c.session_id WHERE c.session_id = @sessionId AND c.id = @Id AND length(c.sealed_key) > 0
        ON CONFLICT DO NOTHING
        """,
        new { sessionId, channel.Id, next = (long)channel.NextExpected, blocks = (long)channel.Blocks, now = transaction.NowMs });
}
