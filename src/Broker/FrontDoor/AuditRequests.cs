using System.Globalization;
using System.Text;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Control;

namespace MoshBroker.FrontDoor;

/// <summary>Questions to the audit trail, asked over the control socket; who may ask is decided before.</summary>
internal sealed class AuditRequests(string folder, IAuditStore store)
{
    private const int MaxLines = 10_000; // About 4 MB of answer.

    public async Task<ControlMessage> AnswerAsync(ControlMessage request, CancellationToken cancellation) =>
        request.Head.SequenceEqual("audit-verify"u8) ? await VerifyAsync(cancellation) : await QueryAsync(request, cancellation);

    private static string? Text(ControlMessage request, ReadOnlySpan<byte> name) => request.Find(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    private static DateTimeOffset? Time(ControlMessage request, ReadOnlySpan<byte> name) =>
        long.TryParse(Text(request, name), NumberStyles.None, CultureInfo.InvariantCulture, out long ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    private async Task<ControlMessage> QueryAsync(ControlMessage request, CancellationToken cancellation)
    {
        _ = int.TryParse(Text(request, "limit"u8), NumberStyles.None, CultureInfo.InvariantCulture, out int limit);
        AuditFilter filter = new(
            Time(request, "since"u8), Time(request, "until"u8), Text(request, "event"u8), Text(request, "tenant"u8), Text(request, "user"u8),
            Text(request, "session"u8), Math.Clamp(limit, 1, MaxLines));
        IReadOnlyList<string> lines = await store.QueryAuditAsync(filter, cancellation);
        return new ControlMessage("ok"u8).Add("json"u8, Encoding.UTF8.GetBytes($"[{string.Join(",\n", lines)}]"));
    }

    private async Task<ControlMessage> VerifyAsync(CancellationToken cancellation)
    {
        // Asked for first: events go on being written, to the file before the store.
        (long number, byte[] hash) = await store.AuditHeadAsync(cancellation);
        AuditCheck check = await Task.Run(() => AuditCheck.Of(AuditFolder.Files(folder)), cancellation);
        string? fault = check.Fault;
        if (fault is null && number > (check.Last?.Number ?? 0))
        {
            fault = $"{folder}: the store has seen number {number}, and the files end at {check.Last?.Number ?? 0}: lines were cut off";
        }
        else if (fault is null && number > 0 && number == check.Last!.Number && !hash.AsSpan().SequenceEqual(check.Last.Hash))
        {
            fault = $"{folder}: number {number} is another line than the store has seen";
        }

        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("lines", check.Lines);
            writer.WriteNumber("last", check.Last?.Number ?? 0);
            if (fault is null) { writer.WriteNull("fault"); }
            else { writer.WriteString("fault", fault); }
            writer.WriteEndObject();
        }

        return new ControlMessage("ok"u8).Add("json"u8, json.ToArray());
    }
}
