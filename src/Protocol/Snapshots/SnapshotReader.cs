using System.Buffers.Binary;
using System.Text;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>
/// Reads what <see cref="SnapshotWriter"/> wrote. Never throws: once something does not fit, <see cref="IsBad"/> stays true and every further value is 0 or
/// empty, so that a reader may look once, at the end of what it reads, before it uses the values.
/// </summary>
internal ref struct SnapshotReader
{
    private ReadOnlySpan<byte> _rest;

    private SnapshotReader(ReadOnlySpan<byte> content) => _rest = content;

    public bool IsBad { get; private set; }

    /// <summary>All was read, and all of it fitted.</summary>
    public readonly bool IsWhole => !IsBad && _rest.IsEmpty;

    /// <summary>How many bytes are left: no honest count of anything that takes a byte each is larger.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>False for another kind or version, and for bytes that were changed.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> snapshot, byte kind, byte version, out SnapshotReader reader)
    {
        reader = default;
        if (snapshot.Length < 2 + SnapshotChecksum.Length || snapshot[0] != kind || snapshot[1] != version)
            return false;

        ReadOnlySpan<byte> summed = snapshot[..^SnapshotChecksum.Length];
        if (SnapshotChecksum.Add(SnapshotChecksum.Start, summed) != BinaryPrimitives.ReadUInt32BigEndian(snapshot[summed.Length..]))
            return false;
        reader = new SnapshotReader(summed[2..]);
        return true;
    }

    /// <summary>For who finds that what was read makes no sense.</summary>
    public void Refuse()
    {
        IsBad = true;
        _rest = default;
    }

    /// <summary>Refuses unless something holds.</summary>
    public void Require(bool holds)
    {
        if (!holds)
            Refuse();
    }

    public byte Byte()
    {
        ReadOnlySpan<byte> one = Raw(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    public bool Flag()
    {
        byte value = Byte();
        Require(value <= 1);
        return value == 1;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Byte();
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        Refuse();
        return 0;
    }

    /// <summary>A number within bounds; the lower bound when it is not.</summary>
    public int Int(int least, int most)
    {
        ulong value = Varint();
        if (!IsBad && value <= (ulong)most && (int)value >= least)
            return (int)value;
        Refuse();
        return least;
    }

    public ulong UInt64()
    {
        ReadOnlySpan<byte> bytes = Raw(sizeof(ulong));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public uint UInt32()
    {
        ReadOnlySpan<byte> bytes = Raw(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public ReadOnlySpan<byte> Raw(int length)
    {
        if (IsBad || length > _rest.Length)
        {
            Refuse();
            return default;
        }

        ReadOnlySpan<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    public ReadOnlySpan<byte> Block(int mostBytes) => Raw(Int(0, mostBytes));

    /// <summary>UTF-8 of so many code points at most, none of them a control character but DEL: what an operating system command can say.</summary>
    public ReadOnlySpan<byte> Text(int mostCodePoints)
    {
        ReadOnlySpan<byte> text = Block(4 * mostCodePoints);
        int count = 0;
        for (ReadOnlySpan<byte> left = text; !left.IsEmpty; count++)
        {
            bool isRune = Rune.DecodeFromUtf8(left, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (!isRune || rune.Value is < 0x20 or (>= 0x80 and <= 0x9f) || count == mostCodePoints)
            {
                Refuse();
                return default;
            }

            left = left[length..];
        }

        return text;
    }
}
