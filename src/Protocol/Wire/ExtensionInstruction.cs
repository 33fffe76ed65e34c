using System.Buffers;

namespace MoshBroker.Protocol.Wire;

/// <summary>An instruction of a UserMessage or HostMessage that stock's programs do not know, and therefore skip.</summary>
internal static class ExtensionInstruction
{
    private const int InstructionField = 1;
    private const int MaxHeaderLength = 4 * Varint.MaxLength;

    public static void Write(IBufferWriter<byte> message, int field, ReadOnlySpan<byte> body)
    {
        Span<byte> to = message.GetSpan(MaxHeaderLength + body.Length);
        ulong tag = ((ulong)field << 3) | FieldReader.LengthDelimitedType;
        int inner = Varint.Length(tag) + Varint.Length((ulong)body.Length) + body.Length;
        to[0] = (InstructionField << 3) | FieldReader.LengthDelimitedType;
        int at = 1 + Varint.Write(to[1..], (ulong)inner);
        at += Varint.Write(to[at..], tag);
        at += Varint.Write(to[at..], (ulong)body.Length);
        body.CopyTo(to[at..]);
        message.Advance(at + body.Length);
    }
}
