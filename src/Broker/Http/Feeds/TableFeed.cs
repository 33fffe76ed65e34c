using System.Buffers;
using System.Text;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/table</c>: all sessions that somebody may see, then once a second those that changed and the ids of those that are gone.</summary>
internal sealed class TableFeed(RowBoard board, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private const int MaxSkipped = 15;

    public async Task ServeAsync(EventStream stream, Principal principal, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        Dictionary<string, long> sent = new(StringComparer.Ordinal);
        ArrayBufferWriter<byte> json = new(4096);
        int skipped = 0;
        bool isFirst = true;
        do
        {
            json.ResetWrittenCount();
            if (Write(json, sent, principal) || isFirst)
            {
                (skipped, isFirst) = (0, false);
                await stream.SendAsync(null, json.WrittenMemory, cancellationToken);
            }
            else if (++skipped >= MaxSkipped)
            {
                skipped = 0;
                await stream.BreatheAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>What is new for this viewer; false when nothing is.</summary>
    private bool Write(ArrayBufferWriter<byte> json, Dictionary<string, long> sent, Principal principal)
    {
        IReadOnlyDictionary<string, BoardRow> rows = board.Rows;
        bool isAny = false;
        json.Write("{\"rows\":["u8);
        foreach ((string id, BoardRow row) in rows)
        {
            if (!principal.Sees(row.Row.Tenant) || (sent.TryGetValue(id, out long version) && version == row.Version)) { continue; }
            sent[id] = row.Version;
            if (isAny) { json.Write(","u8); }
            isAny = true;
            json.Write(row.Json);
        }

        json.Write("],\"gone\":["u8);
        bool isFirst = true;
        foreach (string id in sent.Keys.Where(id => !rows.ContainsKey(id)).ToList())
        {
            sent.Remove(id);
            if (!isFirst) { json.Write(","u8); }
            isFirst = false;
            json.Write("\""u8);
            Encoding.ASCII.GetBytes(id, json);
            json.Write("\""u8);
        }

        json.Write("]}"u8);
        return isAny || !isFirst;
    }
}
