using System.Data.Common;

namespace MoshBroker.Cluster;

/// <content>What the replacing of a master key asks for.</content>
internal abstract partial class SqlStore
{
    private const int ResealedAtOnce = 200;

    private static readonly (string Table, string Channel, string Key, string Epoch)[] Sealed =
    [
        ("channel", "id", "sealed_key", "sealed_epoch"),
        ("tombstone", "channel_id", "sealed_key", "sealed_epoch"),
        ("screen", "0 + 0", "sealed", "epoch"),
    ];

    public async Task<(int Resealed, int Unopened)> ResealAsync(KeySealer sealer, CancellationToken cancellationToken)
    {
        int resealed = 0;
        int unopened = 0;
        foreach ((string Table, string Channel, string Key, string Epoch) place in Sealed)
        {
            (string Session, int Channel) after = ("", 0);
            while (true)
            {
                List<SealedRow> rows = await _engine.WriteAsync(StoreLane.Bulk, transaction => ResealSome(transaction, sealer, place, after), cancellationToken);
                if (rows.Count == 0) { break; }
                resealed += rows.Count(row => row.Resealed is not null);
                unopened += rows.Count(row => row.Resealed is null);
                after = (rows[^1].Session, rows[^1].Channel);
            }
        }

        if (unopened == 0) { await _engine.WriteAsync(StoreLane.Bulk, transaction => { ForgetKeys(transaction, sealer.Version); return 0; }, cancellationToken); }
        return (resealed, unopened);
    }

    /// <summary>Nothing is sealed under the versions before this one any more.</summary>
    private protected virtual void ForgetKeys(StoreTransaction transaction, byte current)
    {
    }

    private static List<SealedRow> ResealSome(
        StoreTransaction transaction, KeySealer sealer, (string Table, string Channel, string Key, string Epoch) place, (string Session, int Channel) after)
    {
        List<SealedRow> rows = [];
        byte[] version = [sealer.Version];
        string sql = $"""
            SELECT session_id, {place.Channel}, {place.Key}, {place.Epoch} FROM {place.Table}
            WHERE length({place.Key}) > 1 AND substr({place.Key}, 2, 1) <> @version AND (session_id > @Session OR (session_id = @Session AND {place.Channel} > @Channel))
            ORDER BY session_id, {place.Channel} LIMIT @ResealedAtOnce
            """;
        using (DbDataReader row = transaction.Read(sql, new { version, after.Session, after.Channel, ResealedAtOnce }))
        {
            while (row.Read())
            {
                (string session, int channel, byte[] blob, long epoch) = (row.GetString(0), row.GetInt32(1), row.GetFieldValue<byte[]>(2), row.GetInt64(3));
                byte[]? resealed = place.Table == "screen" ? sealer.TryResealScreen(session, epoch, blob) : sealer.TryReseal(new SealContext(session, channel, epoch), blob);
                rows.Add(new SealedRow(session, channel, blob, resealed));
            }
        }

        foreach (SealedRow row in rows.Where(row => row.Resealed is not null))
        {
            transaction.Execute(
                $"UPDATE {place.Table} SET {place.Key} = @Resealed WHERE session_id = @Session AND {place.Channel} = @Channel AND {place.Key} = @Blob",
                new { row.Resealed, row.Session, row.Channel, row.Blob });
        }

        return rows;
    }

    private sealed record SealedRow(string Session, int Channel, byte[] Blob, byte[]? Resealed);
}
