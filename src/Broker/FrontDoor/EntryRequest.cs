using System.Globalization;
using System.Net;
using System.Text;
using MoshBroker.Control;
using MoshBroker.Endpoint;
using MoshBroker.Sessions;

namespace MoshBroker.FrontDoor;

/// <summary>What the forced command says its user asked for. The words are the user's; which kind of request it is, and the proof, are sshd's.</summary>
internal sealed record EntryRequest
{
    /// <summary>"mosh", "terminal" (plain ssh), "stream" (datagrams of a client that is here already) or "refusal" (the command was malformed).</summary>
    public required string Wants { get; init; }

    public required string Proof { get; init; }

    /// <summary>Of a stream: what the client calls its channel by.</summary>
    public string Name { get; init; } = "";

    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>Of a refusal.</summary>
    public required string Reason { get; init; }

    public required int Columns { get; init; }

    public required int Rows { get; init; }

    public required bool HasManyColors { get; init; }

    public required IPAddress? Bind { get; init; }

    public required UdpPortRange? Ports { get; init; }

    /// <summary><c>NAME=VALUE</c>; only locale variables.</summary>
    public required IReadOnlyList<string> Locale { get; init; }

    /// <summary>A synthetic session.</summary>
    public required bool IsProbe { get; init; }

    public bool IsMosh => Wants == "mosh";

    public static EntryRequest Read(ControlMessage message, Func<string?, UdpPortRange?> parsePorts, Func<string?, (int Columns, int Rows)> parseSize)
    {
        (int columns, int rows) = parseSize(Text(message, "size"u8));
        return new EntryRequest
        {
            Wants = Text(message, "wants"u8) ?? "",
            Proof = Text(message, "proof"u8) ?? "",
            Name = Text(message, "name"u8) ?? "",
            Words = All(message, "word"u8),
            Reason = Text(message, "reason"u8) ?? "",
            Columns = columns,
            Rows = rows,
            HasManyColors = int.TryParse(Text(message, "colors"u8), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int colors)
                ? colors == 256
                : (Text(message, "term"u8) ?? "").Contains("256", StringComparison.Ordinal),
            Bind = IPAddress.TryParse(Text(message, "bind"u8), out IPAddress? bind) ? bind : null,
            Ports = parsePorts(Text(message, "ports"u8)),
            Locale = All(message, "locale"u8),
            IsProbe = message.Find("probe"u8) is not null,
        };
    }

    private static string? Text(ControlMessage message, ReadOnlySpan<byte> name) => message.Find(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    private static List<string> All(ControlMessage message, ReadOnlySpan<byte> name)
    {
        List<string> values = [];
        int from = 0;
        while (message.FindNext(name, ref from) is { } value) { values.Add(Encoding.UTF8.GetString(value)); }
        return values;
    }
}
