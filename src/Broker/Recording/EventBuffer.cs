using System.Buffers;
using System.Buffers.Binary;
using MoshBroker.Protocol;

namespace MoshBroker.Recording;

/// <summary>Events on their way from a session's loop to the recorder's thread: bytes in a pooled block, bounded.</summary>
/// <remarks><code>kind: u8 | at: i64, ms | length: i32 | bytes</code></remarks>
internal sealed class EventBuffer : IDisposable
{
    /// <summary>What a session may be ahead of the disk.</summary>
    public const int Limit = 4 * 1024 * 1024;

    private const int HeadLength = 13;
    private byte[] _bytes = [];

    public int Length { get; private set; }

    /// <summary>False when there is no room: the event is lost, or its source must wait.</summary>
    public bool TryAdd(EventKind kind, MonoTime at, ReadOnlySpan<byte> bytes)
    {
        int needed = Length + HeadLength + bytes.Length;
        if (needed > Limit) { return false; }
        if (_bytes.Length < needed)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, needed * 2));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            Return();
            _bytes = larger;
        }

        Span<byte> to = _bytes.AsSpan(Length);
        to[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(to[1..], at.Milliseconds);
        BinaryPrimitives.WriteInt32LittleEndian(to[9..], bytes.Length);
        bytes.CopyTo(to[HeadLength..]);
        Length = needed;
        return true;
    }

    /// <summary>Reads the event at a place, and where the next one is.</summary>
    public ReadOnlySpan<byte> Read(ref int at, out EventKind kind, out MonoTime time)
    {
        ReadOnlySpan<byte> head = _bytes.AsSpan(at, HeadLength);
        kind = (EventKind)head[0];
        time = new MonoTime(BinaryPrimitives.ReadInt64LittleEndian(head[1..]));
        int length = BinaryPrimitives.ReadInt32LittleEndian(head[9..]);
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(at + HeadLength, length);
        at += HeadLength + length;
        return bytes;
    }

    /// <summary>Empties it; memory that only a burst needed goes back.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > 64 * 1024)
        {
            Return();
            _bytes = [];
        }
    }

    public void Dispose()
    {
        Return();
        _bytes = [];
        Length = 0;
    }

    private void Return()
    {
        // What was on somebody's screen is none of the next tenant's business.
        if (_bytes.Length > 0) { ArrayPool<byte>.Shared.Return(_bytes, clearArray: true); }
    }
}
