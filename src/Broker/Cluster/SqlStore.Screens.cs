using System.Data.Common;

namespace MoshBroker.Cluster;

/// <content>Stored screens.</content>
internal abstract partial class SqlStore
{
    public Task<IReadOnlyList<FencedOutcome>> SaveScreensAsync(IReadOnlyList<ScreenRow> screens, CancellationToken cancellationToken) =>
        _engine.WriteAsync<IReadOnlyList<FencedOutcome>>(
            StoreLane.Bulk,
            transaction =>
            {
                // In the order of their names, as a claim locks them: else a batch and a claim could wait for each other.
                Dictionary<string, FencedOutcome> outcomes = new(StringComparer.Ordinal);
                foreach (ScreenRow screen in screens.OrderBy(screen => screen.SessionId, StringComparer.Ordinal))
                {
                    Fence fence = Check(transaction, screen.SessionId, screen.Epoch);
                    outcomes[screen.SessionId] = fence.OutcomeForLive;
                    if (fence.OutcomeForLive == FencedOutcome.Done) { Save(transaction, screen); }
                }

                return [.. screens.Select(screen => outcomes[screen.SessionId])];
            },
            cancellationToken);

    public Task<IReadOnlyList<ScreenRow>> LoadScreensAsync(IReadOnlyList<string> sessions, CancellationToken cancellationToken) =>
        _engine.ReadAsync<IReadOnlyList<ScreenRow>>(
            transaction =>
            {
                const int AtOnce = 500; // Each is a parameter of the statement.
                List<ScreenRow> screens = [];
                foreach (string[] ids in sessions.Chunk(AtOnce))
                {
                    using DbDataReader row = transaction.Read($"SELECT session_id, epoch, saved_ms, sealed FROM screen WHERE {transaction.Dialect.In("session_id", "ids")}", new { ids });
                    while (row.Read()) { screens.Add(new ScreenRow(row.GetString(0), row.GetInt64(1), FromMs(row.GetInt64(2)), row.GetFieldValue<byte[]>(3))); }
                }

                return screens;
            },
            cancellationToken);

    private static void Save(StoreTransaction transaction, ScreenRow screen) => transaction.Execute(
        """
        INSERT INTO screen (session_id, epoch, saved_ms, sealed) VALUES (@SessionId, @Epoch, @saved, @Sealed)
        ON CONFLICT (session_id) DO UPDATE SET epoch = excluded.epoch, saved_ms = excluded.saved_ms, sealed = excluded.sealed
        """,
        new { screen.SessionId, screen.Epoch, saved = screen.SavedAt.ToUnixTimeMilliseconds(), screen.Sealed });
}
