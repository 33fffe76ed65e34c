using System.Buffers;

namespace MoshBroker.Protocol.Wire;

/// <summary>Writes the client-to-server diff, one instruction a call; <see cref="UserMessageReader"/> reads it.</summary>
/// <remarks>
/// <code>
/// UserMessage { repeated Instruction instruction = 1; }
/// Instruction { keystroke = 2 { keys = 4 } | resize = 3 { width = 5, height = 6 } | hello = 2001 { extensions = 1 } | question = 2002 { number = 1 } }
/// </code>
/// </remarks>
public static class UserMessageCodec
{
    internal const int InstructionField = 1;
    internal const int KeystrokeField = 2;
    internal const int ResizeField = 3;
    internal const int KeysField = 4;
    internal const int WidthField = 5;
    internal const int HeightField = 6;
    internal const int HelloField = 2001;
    internal const int QuestionField = 2002;
    internal const int NumberField = 1;

    private const int MaxHeaderLength = 3 * (1 + Varint.MaxLength);

    /// <summary>Appends an instruction that says what was typed.</summary>
    public static void WriteKeys(IBufferWriter<byte> message, ReadOnlySpan<byte> keys)
    {
        Span<byte> to = message.GetSpan(MaxHeaderLength + keys.Length);
        ulong inner = 1 + (ulong)Varint.Length((ulong)keys.Length) + (ulong)keys.Length;
        ulong outer = 1 + (ulong)Varint.Length(inner) + inner;
        int at = 0;
        to[at++] = BytesTag(InstructionField);
        at += Varint.Write(to[at..], outer);
        to[at++] = BytesTag(KeystrokeField);
        at += Varint.Write(to[at..], inner);
        to[at++] = BytesTag(KeysField);
        at += Varint.Write(to[at..], (ulong)keys.Length);
        keys.CopyTo(to[at..]);
        message.Advance(at + keys.Length);
    }

    /// <summary>Appends an instruction that says how large the window became; both at least 1, a smaller one ends the session.</summary>
    public static void WriteResize(IBufferWriter<byte> message, int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Span<byte> to = message.GetSpan(MaxHeaderLength);
        int inner = 2 + Varint.Length((ulong)columns) + Varint.Length((ulong)rows);
        int at = 0;
        to[at++] = BytesTag(InstructionField);
        to[at++] = (byte)(2 + inner);
        to[at++] = BytesTag(ResizeField);
        to[at++] = (byte)inner;
        to[at++] = VarintTag(WidthField);
        at += Varint.Write(to[at..], (ulong)columns);
        to[at++] = VarintTag(HeightField);
        at += Varint.Write(to[at..], (ulong)rows);
        message.Advance(at);
    }

    /// <summary>Appends an instruction that says what the client knows beyond stock's protocol. Stock's server skips it.</summary>
    public static void WriteHello(IBufferWriter<byte> message, uint extensions) => WriteNumber(message, HelloField, extensions);

    /// <summary>Appends a question; only for a broker that answers it.</summary>
    public static void WriteQuestion(IBufferWriter<byte> message, ushort number) => WriteNumber(message, QuestionField, number);

    private static void WriteNumber(IBufferWriter<byte> message, int field, ulong number)
    {
        Span<byte> body = stackalloc byte[16];
        FieldWriter to = new(body);
        to.Varint(NumberField, number);
        ExtensionInstruction.Write(message, field, to.Written);
    }

    private static byte BytesTag(int field) => (byte)((field << 3) | FieldReader.LengthDelimitedType);

    private static byte VarintTag(int field) => (byte)((field << 3) | FieldReader.VarintType);
}
