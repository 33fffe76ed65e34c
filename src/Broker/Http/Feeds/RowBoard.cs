using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary>All sessions as rows, written out once a second however many look, and not at all while nobody does.</summary>
internal sealed class RowBoard(SharedFeed feed, TimeProvider time)
{
    private readonly Lock _lock = new();
    private Dictionary<string, BoardRow> _rows = new(StringComparer.Ordinal);
    private IReadOnlyList<SessionView>? _shown;
    private long _version;

    /// <summary>The rows as they are now; the dictionary is never changed afterwards.</summary>
    public IReadOnlyDictionary<string, BoardRow> Rows
    {
        get
        {
            lock (_lock)
            {
                IReadOnlyList<SessionView> sessions = feed.Sessions;
                if (!ReferenceEquals(sessions, _shown)) { Renew(sessions); }
                return _rows;
            }
        }
    }

    private void Renew(IReadOnlyList<SessionView> sessions)
    {
        _shown = sessions;
        _version++;
        DateTimeOffset now = time.GetUtcNow();
        Dictionary<string, BoardRow> rows = new(sessions.Count, StringComparer.Ordinal);
        foreach (SessionView session in sessions)
        {
            BoardRow? old = _rows.GetValueOrDefault(session.Id);
            string? peer = SessionRow.HeardLast(session)?.Peer;
            SessionRow row = SessionRow.Of(session, now, old is not null && old.Peer == peer ? old.Row.Network : null);
            rows[row.Id] = old is not null && old.Row == row ? old : new BoardRow(row, peer, JsonSerializer.SerializeToUtf8Bytes(row, FeedJson.Default.SessionRow), _version);
        }

        _rows = rows;
    }
}
