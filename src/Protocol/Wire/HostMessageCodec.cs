using System.Buffers;

namespace MoshBroker.Protocol.Wire;

/// <summary>Writes the server-to-client diff, one instruction a call; <see cref="HostMessageReader"/> reads it.</summary>
/// <remarks>
/// Serialised as stock does it, each part in an instruction of its own:
/// <code>
/// HostMessage { repeated Instruction instruction = 1; }
/// Instruction { hostbytes = 2 { hoststring = 4 } | resize = 3 { width = 5, height = 6 } | echoack = 7 { echo_ack_num = 8 } }
/// </code>
/// </remarks>
public static class HostMessageCodec
{
    internal const int InstructionField = 1;
    internal const int HostBytesField = 2;
    internal const int ResizeField = 3;
    internal const int EchoAckField = 7;
    internal const int HostStringField = 4;
    internal const int WidthField = 5;
    internal const int HeightField = 6;
    internal const int EchoAckNumField = 8;

    private const int MaxHeaderLength = 3 * (1 + Varint.MaxLength);

    /// <summary>Appends an instruction that sets the echo acknowledgement.</summary>
    public static void WriteEchoAck(IBufferWriter<byte> message, ulong echoAck)
    {
        Span<byte> to = message.GetSpan(MaxHeaderLength);
        int inner = 1 + Varint.Length(echoAck);
        int at = 0;
        to[at++] = BytesTag(InstructionField);
        to[at++] = (byte)(2 + inner);
        to[at++] = BytesTag(EchoAckField);
        to[at++] = (byte)inner;
        to[at++] = VarintTag(EchoAckNumField);
        at += Varint.Write(to[at..], echoAck);
        message.Advance(at);
    }

    /// <summary>Appends an instruction that sets the size; both must be at least 1, smaller ones kill the stock client.</summary>
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

    /// <summary>Appends an instruction that feeds bytes to the emulator.</summary>
    public static void WriteHostBytes(IBufferWriter<byte> message, ReadOnlySpan<byte> hostBytes)
    {
        Span<byte> to = message.GetSpan(MaxHeaderLength + hostBytes.Length);
        ulong hostStringLength = 1 + (ulong)Varint.Length((ulong)hostBytes.Length) + (ulong)hostBytes.Length;
        ulong hostBytesLength = 1 + (ulong)Varint.Length(hostStringLength) + hostStringLength;
        int at = 0;
        to[at++] = BytesTag(InstructionField);
        at += Varint.Write(to[at..], hostBytesLength);
        to[at++] = BytesTag(HostBytesField);
        at += Varint.Write(to[at..], hostStringLength);
        to[at++] = BytesTag(HostStringField);
        at += Varint.Write(to[at..], (ulong)hostBytes.Length);
        hostBytes.CopyTo(to[at..]);
        message.Advance(at + hostBytes.Length);
    }

    private static byte BytesTag(int field) => (byte)((field << 3) | FieldReader.LengthDelimitedType);

    private static byte VarintTag(int field) => (byte)((field << 3) | FieldReader.VarintType);
}
