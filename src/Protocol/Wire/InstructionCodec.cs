using System.Buffers;

namespace MoshBroker.Protocol.Wire;

/// <summary>Reads and writes TransportInstructions.</summary>
/// <remarks>
/// <code>
/// TransportInstruction { version = 1: u32 | old = 2, new = 3, ack = 4, throwaway = 5: u64 | diff = 6, chaff = 7: bytes }
/// </code>
/// All seven fields are written, zeros and empty ones too, as stock does. A reader takes any order, missing and unknown fields, and of a repeated
/// field the last.
/// </remarks>
public static class InstructionCodec
{
    private const int VersionField = 1;
    private const int OldField = 2;
    private const int NewField = 3;
    private const int AckField = 4;
    private const int ThrowawayField = 5;
    private const int DiffField = 6;
    private const int ChaffField = 7;

    private const int MaxHeaderLength = 7 * (1 + Varint.MaxLength);

    /// <summary>Appends the serialised instruction.</summary>
    public static void Write(in InstructionView instruction, IBufferWriter<byte> destination)
    {
        Span<byte> to = destination.GetSpan(MaxHeaderLength + instruction.Diff.Length + instruction.Chaff.Length);
        int at = 0;
        WriteNumber(to, ref at, VersionField, instruction.ProtocolVersion);
        WriteNumber(to, ref at, OldField, instruction.OldNum);
        WriteNumber(to, ref at, NewField, instruction.NewNum);
        WriteNumber(to, ref at, AckField, instruction.AckNum);
        WriteNumber(to, ref at, ThrowawayField, instruction.ThrowawayNum);
        WriteBytes(to, ref at, DiffField, instruction.Diff);
        WriteBytes(to, ref at, ChaffField, instruction.Chaff);
        destination.Advance(at);
    }

    /// <summary>Reads a serialised instruction in place; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out InstructionView instruction)
    {
        uint version = 0;
        ulong oldNum = 0;
        ulong newNum = 0;
        ulong ackNum = 0;
        ulong throwawayNum = 0;
        ReadOnlySpan<byte> diff = default;
        ReadOnlySpan<byte> chaff = default;
        FieldReader fields = new(message);
        while (fields.TryNext())
        {
            if (fields.IsVarint(VersionField))
                version = (uint)fields.Value;
            else if (fields.IsVarint(OldField))
                oldNum = fields.Value;
            else if (fields.IsVarint(NewField))
                newNum = fields.Value;
            else if (fields.IsVarint(AckField))
                ackNum = fields.Value;
            else if (fields.IsVarint(ThrowawayField))
                throwawayNum = fields.Value;
            else if (fields.IsBytes(DiffField))
                diff = fields.Bytes;
            else if (fields.IsBytes(ChaffField))
                chaff = fields.Bytes;
        }

        instruction = new InstructionView
        {
            ProtocolVersion = version,
            OldNum = oldNum,
            NewNum = newNum,
            AckNum = ackNum,
            ThrowawayNum = throwawayNum,
            Diff = diff,
            Chaff = chaff,
        };
        return !fields.IsMalformed;
    }

    private static void WriteNumber(Span<byte> to, ref int at, int field, ulong value)
    {
        to[at++] = (byte)((field << 3) | FieldReader.VarintType);
        at += Varint.Write(to[at..], value);
    }

    private static void WriteBytes(Span<byte> to, ref int at, int field, ReadOnlySpan<byte> value)
    {
        to[at++] = (byte)((field << 3) | FieldReader.LengthDelimitedType);
        at += Varint.Write(to[at..], (ulong)value.Length);
        value.CopyTo(to[at..]);
        at += value.Length;
    }
}
