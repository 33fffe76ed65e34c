using System.Buffers;
using System.Buffers.Binary;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>
/// Writes a snapshot: <c>kind: u8 | version: u8 | content | CRC-32C of all before: u32 big-endian</c>. Allocates nothing of its own.
/// </summary>
internal ref struct SnapshotWriter
{
    private const int LongestVarint = 10;
    private const int ChunkLength = 512;

    private readonly IBufferWriter<byte>? _destination;
    private Span<byte> _chunk;
    private int _used;
    private uint _sum = SnapshotChecksum.Start;

    public SnapshotWriter(IBufferWriter<byte> destination, byte kind, byte version)
    {
        _destination = destination;
        Byte(kind);
        Byte(version);
    }

    /// <summary>A writer that keeps nothing but the checksum.</summary>
    /// <param name="scratch">At least 16 bytes to work in.</param>
    public SnapshotWriter(Span<byte> scratch) => _chunk = scratch;

    /// <summary>The checksum of what was written so far.</summary>
    public uint Sum
    {
        get
        {
            Flush();
            return _sum;
        }
    }

    public void Byte(byte value)
    {
        Reserve(1);
        _chunk[_used++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>7 bits a byte, low ones first; the top bit says that more follow.</summary>
    public void Varint(ulong value)
    {
        Reserve(LongestVarint);
        for (; value >= 0x80; value >>= 7)
            _chunk[_used++] = (byte)(value | 0x80);
        _chunk[_used++] = (byte)value;
    }

    public void Int(int value) => Varint((uint)value);

    /// <summary>Fixed width, for what is as likely large as small.</summary>
    public void UInt64(ulong value)
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64BigEndian(_chunk[_used..], value);
        _used += sizeof(ulong);
    }

    public void UInt32(uint value)
    {
        Reserve(sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(_chunk[_used..], value);
        _used += sizeof(uint);
    }

    /// <summary>The bytes alone.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Reserve(1);
            int length = Math.Min(bytes.Length, _chunk.Length - _used);
            bytes[..length].CopyTo(_chunk[_used..]);
            _used += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>The length, then the bytes.</summary>
    public void Block(scoped ReadOnlySpan<byte> bytes)
    {
        Int(bytes.Length);
        Raw(bytes);
    }

    /// <summary>Adds the checksum; nothing may be written after it.</summary>
    public void End()
    {
        UInt32(Sum);
        Flush();
    }

    private void Reserve(int length)
    {
        if (_chunk.Length - _used >= length)
            return;
        Flush();
        if (_destination is not null)
            _chunk = _destination.GetSpan(ChunkLength);
    }

    private void Flush()
    {
        _sum = SnapshotChecksum.Add(_sum, _chunk[.._used]);
        _destination?.Advance(_used);
        if (_destination is not null)
            _chunk = default;
        _used = 0;
    }
}
