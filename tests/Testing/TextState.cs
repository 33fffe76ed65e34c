using System.Buffers;
using System.Buffers.Binary;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Testing;

/// <summary>The simplest state that can be anything next: some bytes. Its diff is what to keep of the front and what to put behind it.</summary>
public sealed class TextState : ISyncState<TextState>
{
    private readonly Stack<TextState> _pool;
    private byte[] _bytes = new byte[64];
    private int _length;

    public TextState()
        : this(new Stack<TextState>())
    {
    }

    private TextState(Stack<TextState> pool) => _pool = pool;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public int SnapshotsTaken { get; private set; }

    public void Set(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length)
            _bytes = new byte[bytes.Length * 2];
        bytes.CopyTo(_bytes);
        _length = bytes.Length;
    }

    public TextState Snapshot()
    {
        SnapshotsTaken++;
        if (!_pool.TryPop(out TextState? copy))
            copy = new TextState(_pool);
        copy.Set(Bytes);
        return copy;
    }

    public void Release() => _pool.Push(this);

    public bool SameAs(TextState other) => Bytes.SequenceEqual(other.Bytes);

    public void WriteDiff(TextState source, IBufferWriter<byte> diff)
    {
        if (SameAs(source))
            return;
        int kept = Bytes.CommonPrefixLength(source.Bytes);
        Span<byte> to = diff.GetSpan(4 + _length - kept);
        BinaryPrimitives.WriteInt32BigEndian(to, kept);
        Bytes[kept..].CopyTo(to[4..]);
        diff.Advance(4 + _length - kept);
    }

    public bool TryApply(ReadOnlySpan<byte> diff)
    {
        if (diff.Length < 4)
            return false;
        int kept = BinaryPrimitives.ReadInt32BigEndian(diff);
        if (kept < 0 || kept > _length)
            return false;
        int length = kept + diff.Length - 4;
        if (length > _bytes.Length)
            Array.Resize(ref _bytes, 2 * length);
        diff[4..].CopyTo(_bytes.AsSpan(kept));
        _length = length;
        return true;
    }

    public void ForgetBefore(TextState oldest)
    {
    }

    public void WriteContent(IBufferWriter<byte> content) => content.Write(Bytes);

    public bool TryReadContent(ReadOnlySpan<byte> content)
    {
        Set(content);
        return true;
    }
}
