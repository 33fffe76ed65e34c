using Dapper;
using Microsoft.Data.Sqlite;

namespace MoshBroker.Cluster;

/// <content>Tombstones.</content>
internal sealed partial class SqliteStore
{
    public Task<FencedOutcome> KeepTombstonesAsync(string sessionId, long heldEpoch, IReadOnlyList<ChannelRemains> channels, CancellationToken cancellationToken) =>
        _writer.WriteAsync(
            connection =>
            {
                Fence fence = Check(connection, sessionId, heldEpoch);
                if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return fence.OutcomeForLive; }
                foreach (ChannelRemains channel in channels) { Keep(connection, sessionId, channel); }
                return FencedOutcome.Done;
            },
            cancellationToken);

    public Task<IReadOnlyList<TombstoneRow>> TakeTombstonesAsync(string node, DateTimeOffset endedAfter, int limit, CancellationToken cancellationToken) =>
        _writer.WriteAsync<IReadOnlyList<TombstoneRow>>(
            connection =>
            {
                connection.Execute("DELETE FROM tombstone WHERE node = @node AND ended_ms < @before", new { node, before = endedAfter.ToUnixTimeMilliseconds() });
                connection.Execute(
                    """
                    DELETE FROM tombstone WHERE (session_id, channel_id) IN (
                      SELECT session_id, channel_id FROM tombstone WHERE node = @node ORDER BY ended_ms DESC, session_id, channel_id LIMIT -1 OFFSET @limit)
                    """,
                    new { node, limit });
                (string Session, int Channel, long Epoch)[] left = [.. connection.Query<(string, int, long)>(
                    "SELECT session_id, channel_id, epoch FROM tombstone WHERE node = @node", new { node })];
                foreach ((string session, int channel, long epoch) in left)
                {
                    connection.Execute(
                        "UPDATE tombstone SET epoch = @epoch WHERE session_id = @session AND channel_id = @channel",
                        new { epoch = Epoch.After(epoch, _clock), session, channel });
                }

                return
                [
                    .. connection.Query<(string Session, int Channel, int Port, long Epoch, byte[] Key, long SealedEpoch, long Next)>(
                        "SELECT session_id, channel_id, port, epoch, sealed_key, sealed_epoch, next_expected FROM tombstone WHERE node = @node ORDER BY ended_ms, session_id, channel_id",
                        new { node }).Select(row => new TombstoneRow(
                            row.Session,
                            new ChannelRemains(row.Channel, (ulong)row.Next, (ulong)BlocksOf(connection, row.Session, row.Channel)),
                            row.Port,
                            row.Epoch,
                            row.Key,
                            row.SealedEpoch,
                            FromMs(EndOf(connection, row.Session, row.Channel)))),
                ];
            },
            cancellationToken);

    public Task ForgetTombstoneAsync(string sessionId, int channelId, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection => connection.Execute("DELETE FROM tombstone WHERE session_id = @sessionId AND channel_id = @channelId", new { sessionId, channelId }), cancellationToken);

    private static long BlocksOf(SqliteConnection connection, string session, int channel) =>
        connection.ExecuteScalar<long>("SELECT blocks FROM tombstone WHERE session_id = @session AND channel_id = @channel", new { session, channel });

    private static long EndOf(SqliteConnection connection, string session, int channel) =>
        connection.ExecuteScalar<long>("SELECT ended_ms FROM tombstone WHERE session_id = @session AND channel_id = @channel", new { session, channel });

    /// <summary>In the transaction that ends the session, or before.</summary>
    private void Keep(SqliteConnection connection, string sessionId, in ChannelRemains channel) => connection.Execute(
        """
        INSERT OR IGNORE INTO tombstone (session_id, channel_id, node, port, epoch, sealed_key, sealed_epoch, next_expected, blocks, ended_ms)
        SELECT c.session_id, c.id, s.node, c.port, max(c.epoch, s.epoch), c.sealed_key, c.sealed_epoch, @next, max(c.blocks, @blocks), @now
        FROM channel c JOIN session s ON s.id = c.session_id WHERE c.session_id = @sessionId AND c.id = @Id AND length(c.sealed_key) > 0
        """,
        new { sessionId, channel.Id, next = (long)channel.NextExpected, blocks = (long)channel.Blocks, now = NowMs() });

    private void KeepLeftovers(SqliteConnection connection, string sessionId)
    {
        // Numbers of theirs were not written down; what an old datagram, sent again, draws is an answer of its own size.
        int[] channels = [.. connection.Query<int>("SELECT id FROM channel WHERE session_id = @sessionId AND ended_ms IS NULL", new { sessionId })];
        foreach (int channel in channels) { Keep(connection, sessionId, new ChannelRemains(channel, 0, 0)); }
    }
}
