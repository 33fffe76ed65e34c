using System.Buffers.Binary;
using System.Text;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A protobuf message of any schema, by field number: enough to read OTLP, and independent of who wrote it.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

    public ProtobufMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ulong tag = Varint(ref bytes);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0: _fields.Add((field, Varint(ref bytes), [])); break;
                case 1: _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8)), [])); break;
                case 2: _fields.Add((field, 0, Take(ref bytes, (int)Varint(ref bytes)).ToArray())); break;
                case 5: _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4)), [])); break;
                default: throw new FormatException($"wire type {tag & 7} of field {field}");
            }
        }
    }

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    /// <summary>A number of any wire type; 0 when it is not there, as protobuf has it.</summary>
    public ulong Number(int field) => _fields.FindLast(one => one.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public byte[] Bytes(int field) => _fields.FindLast(one => one.Field == field).Bytes ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public IEnumerable<ProtobufMessage> Messages(int field) => _fields.Where(one => one.Field == field).Select(one => new ProtobufMessage(one.Bytes));

    /// <summary>Packed 64-bit numbers.</summary>
    public IReadOnlyList<ulong> Fixed64(int field)
    {
        byte[] bytes = Bytes(field);
        return [.. Enumerable.Range(0, bytes.Length / 8).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * 8)))];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) { return value; }
        }
    }
}
