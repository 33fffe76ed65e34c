using System.Text.Json;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>One file of <c>vectors/sessions</c>: a session between the stock programs, datagram by datagram.</summary>
public sealed class RecordedSession
{
    private RecordedSession(string key, int columns, int rows, List<RecordedDatagram> datagrams)
    {
        PrintedKey = key;
        Columns = columns;
        Rows = rows;
        Datagrams = datagrams;
    }

    public string PrintedKey { get; }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>In the order in which they were sent.</summary>
    public IReadOnlyList<RecordedDatagram> Datagrams { get; }

    public SessionKey Key => SessionKey.TryParse(PrintedKey, out SessionKey? key) ? key : throw new InvalidDataException("This is no key.");

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "vectors", "sessions");

    public static IEnumerable<string> Names() => Directory.GetFiles(Folder, "*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    public static RecordedSession Read(string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, name + ".jsonl"));
        using JsonDocument head = JsonDocument.Parse(lines[0]);
        return new RecordedSession(
            head.RootElement.GetProperty("key").GetString()!,
            head.RootElement.GetProperty("cols").GetInt32(),
            head.RootElement.GetProperty("rows").GetInt32(),
            [.. lines.Skip(1).Select(RecordedDatagram.Parse)]);
    }

    /// <summary>The deliveries of one direction, in the order in which they were made.</summary>
    public IEnumerable<(double At, RecordedDatagram Datagram)> Deliveries(Direction direction) => Datagrams
        .Where(d => d.Direction == direction)
        .SelectMany(d => d.DeliveredMs.Select(at => (at, d)))
        .OrderBy(d => d.at);
}
