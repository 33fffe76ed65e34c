using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MoshBroker.Audit;

/// <summary>The written form of an event: one JSON object a line, each with the hash of the line before it.</summary>
/// <remarks>
/// <code>{"number":2,"timestamp":"2026-01-01T00:00:00.000Z","event.name":"deny",…,"previous":"&lt;SHA-256 of line 1, hex&gt;"}</code>
/// Whoever changes, removes or inserts a line breaks the chain at that place; whoever cuts the end off is found out by the store, which has
/// the last number and hash too.
/// </remarks>
internal static class AuditLine
{
    /// <summary>Attributes come from people and programs; what is longer is cut, so that no line grows beyond measure.</summary>
    private const int MaxValueLength = 256;

    private const string TimestampForm = "yyyy-MM-ddTHH:mm:ss.fffZ";

    // Not for a browser: a name is written as it is, except what JSON itself escapes and what a terminal could obey.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>What the first line of all names as the one before it.</summary>
    public static byte[] Genesis { get; } = new byte[SHA256.HashSizeInBytes];

    public static AuditRecord Write(long number, DateTimeOffset at, AuditEvent happened, ReadOnlySpan<byte> previous)
    {
        ArrayBufferWriter<byte> line = new(256);
        using (Utf8JsonWriter json = new(line, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("number"u8, number);
            json.WriteString("timestamp"u8, at.UtcDateTime.ToString(TimestampForm, CultureInfo.InvariantCulture));
            Put(json, "event.name", happened.Name);
            Put(json, "moshbroker.tenant", happened.Tenant);
            Put(json, "user.name", happened.User);
            Put(json, "session.id", happened.Session);
            Put(json, "client.address", happened.ClientAddress);
            Put(json, "moshbroker.claimed_address", happened.ClaimedAddress);
            Put(json, "moshbroker.target", happened.Target);
            Put(json, "moshbroker.reason", happened.Reason);
            if (happened.More is { } more)
            {
                foreach ((string name, string value) in more) { Put(json, name, value); }
            }

            json.WriteString("previous"u8, Convert.ToHexStringLower(previous));
            json.WriteEndObject();
        }

        byte[] bytes = line.WrittenSpan.ToArray();
        return new AuditRecord(number, at, happened, bytes, SHA256.HashData(bytes));
    }

    /// <summary>Reads a line back; null when it is none of ours.</summary>
    public static (AuditRecord Record, byte[] Previous)? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            byte[] bytes = line.ToArray();
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement root = document.RootElement;
            AuditEvent happened = new(root.GetProperty("event.name").GetString()!)
            {
                Tenant = Text(root, "moshbroker.tenant"),
                User = Text(root, "user.name"),
                Session = Text(root, "session.id"),
                ClientAddress = Text(root, "client.address"),
                ClaimedAddress = Text(root, "moshbroker.claimed_address"),
                Target = Text(root, "moshbroker.target"),
                Reason = Text(root, "moshbroker.reason"),
            };
            DateTimeOffset at = DateTimeOffset.ParseExact(
                Text(root, "timestamp")!, TimestampForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            byte[] previous = Convert.FromHexString(Text(root, "previous")!);
            return (new AuditRecord(root.GetProperty("number").GetInt64(), at, happened, bytes, SHA256.HashData(bytes)), previous);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static void Put(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null) { return; }
        if (value.Length > MaxValueLength) { value = string.Concat(value.AsSpan(0, MaxValueLength), "…"); }
        // A lone surrogate, which a cut or a hostile name may leave, is no text.
        json.WriteString(name, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)));
    }
}
