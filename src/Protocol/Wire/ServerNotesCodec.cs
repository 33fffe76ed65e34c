using System.Buffers;
using System.Text;
using MoshBroker.Protocol.States;

namespace MoshBroker.Protocol.Wire;

/// <summary>The broker's notes as an instruction of a HostMessage, under a number that stock does not know.</summary>
/// <remarks>
/// <code>
/// Instruction { notes = 2001 { granted = 1 | health = 2 | address = 3, repeated } }
/// health { rtt_ms = 1, rtt_var_ms = 2, uplink_loss = 3, downlink_repeats = 4, verdict = 5 | question = 6 }
/// </code>
/// </remarks>
public static class ServerNotesCodec
{
    internal const int NotesField = 2001;

    private const int GrantedField = 1;
    private const int HealthField = 2;
    private const int AddressField = 3;
    private const int MaxAddressLength = 64;
    private const int Room = 2048;

    /// <summary>Appends the notes. Allocates nothing but by the destination.</summary>
    public static void Write(IBufferWriter<byte> message, ServerNotes notes)
    {
        Span<byte> body = stackalloc byte[Room];
        Span<byte> part = stackalloc byte[512];
        FieldWriter to = new(body);
        to.Varint(GrantedField, (ulong)notes.Granted);
        if (notes.Health is { } health)
        {
            FieldWriter inner = new(part);
            inner.Varint(1, (ulong)health.RoundTripMs);
            inner.Varint(2, (ulong)health.VariationMs);
            inner.Varint(3, (ulong)health.UplinkLoss);
            inner.Varint(4, (ulong)health.DownlinkRepeats);
            inner.Varint(6, (ulong)health.Question);
            inner.Text(5, health.Verdict, LinkHealth.MaxVerdictLength);
            to.Bytes(HealthField, inner.Written);
        }

        for (int i = 0; i < Math.Min(notes.Addresses.Count, ServerNotes.MostAddresses); i++)
            to.Text(AddressField, notes.Addresses[i], MaxAddressLength);

        ExtensionInstruction.Write(message, NotesField, to.Written);
    }

    /// <summary>Null when it is malformed. Who sends it holds the key, so sizes are limited and no more is asked.</summary>
    public static ServerNotes? TryRead(ReadOnlySpan<byte> notes)
    {
        PeerExtensions granted = PeerExtensions.None;
        LinkHealth? health = null;
        List<string> addresses = [];
        FieldReader fields = new(notes);
        while (fields.TryNext())
        {
            if (fields.IsVarint(GrantedField))
                granted = (PeerExtensions)(int)(fields.Value & (ulong)PeerExtensions.All);
            else if (fields.IsBytes(HealthField))
                health = ReadHealth(fields.Bytes);
            else if (fields.IsBytes(AddressField) && addresses.Count < ServerNotes.MostAddresses && fields.Bytes.Length <= MaxAddressLength)
                addresses.Add(TextOf(fields.Bytes));
        }

        return fields.IsMalformed ? null : new ServerNotes(granted) { Health = health, Addresses = addresses };
    }

    private static LinkHealth ReadHealth(ReadOnlySpan<byte> health)
    {
        Span<int> numbers = stackalloc int[7];
        string verdict = "";
        FieldReader fields = new(health);
        while (fields.TryNext())
        {
            if (fields.Type == FieldReader.VarintType && fields.Number is >= 1 and <= 6)
                numbers[fields.Number] = (int)Math.Min(fields.Value, 1_000_000);
            else if (fields.IsBytes(5) && fields.Bytes.Length <= LinkHealth.MaxVerdictLength)
                verdict = TextOf(fields.Bytes);
        }

        return new LinkHealth(numbers[6], numbers[1], numbers[2], numbers[3], numbers[4], verdict);
    }

    /// <summary>Without control characters: it is drawn on the user's terminal.</summary>
    private static string TextOf(ReadOnlySpan<byte> utf8) => string.Concat(Encoding.UTF8.GetString(utf8).Where(c => !char.IsControl(c)));
}
