using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary>All sessions as rows, written out once a second however many look, and not at all while nobody does.</summary>
internal sealed class RowBoard(IBrokerFeed whole, TimeProvider time)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(900);

    private readonly Lock _lock = new();
    private Dictionary<string, BoardRow> _rows = new(StringComparer.Ordinal);
    private long _at = long.MinValue;
    private long _version;

    /// <summary>The rows as they are now; the dictionary is never changed afterwards.</summary>
    public IReadOnlyDictionary<string, BoardRow> Rows
    {
        get
        {
            lock (_lock)
            {
                if (_at == long.MinValue || time.GetElapsedTime(_at) >= Freshness) { Renew(); }
                return _rows;
            }
        }
    }

    private void Renew()
    {
        _at = time.GetTimestamp();
        _version++;
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<SessionView> sessions = whole.Sessions;
        Dictionary<string, BoardRow> rows = new(sessions.Count, StringComparer.Ordinal);
        foreach (SessionView session in sessions)
        {
            SessionRow row = SessionRow.Of(session, now);
            rows[row.Id] = _rows.TryGetValue(row.Id, out BoardRow? old) && old.Row == row
                ? old
                : new BoardRow(row, JsonSerializer.SerializeToUtf8Bytes(row, FeedJson.Default.SessionRow), _version);
        }

        _rows = rows;
    }
}
