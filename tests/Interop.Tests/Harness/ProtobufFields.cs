using System.Text;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Just enough protobuf for Mosh's three messages: varints and length-delimited fields. Independent of the code under test.</summary>
internal static class ProtobufFields
{
    public static IEnumerable<(int Field, ulong Value, byte[] Bytes)> Read(byte[] message)
    {
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = ReadVarint(message, ref at);
            ulong value = ReadVarint(message, ref at);
            if ((tag & 7) == 0)
            {
                yield return ((int)(tag >> 3), value, []);
                continue;
            }

            byte[] bytes = message.AsSpan(at, (int)value).ToArray();
            at += bytes.Length;
            yield return ((int)(tag >> 3), 0, bytes);
        }
    }

    public static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    public static byte[] Bytes(int field, byte[] value) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    /// <summary>Keys as a user message.</summary>
    public static byte[] Keys(string text) => Bytes(1, Bytes(2, Bytes(4, Encoding.UTF8.GetBytes(text))));

    /// <summary>A window size as a user message.</summary>
    public static byte[] Resize(int columns, int rows) => Bytes(1, Bytes(3, [.. Number(5, (ulong)columns), .. Number(6, (ulong)rows)]));

    private static ulong ReadVarint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) { return value; }
        }
    }

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) { yield return (byte)(value | 0x80); }
        yield return (byte)value;
    }
}
