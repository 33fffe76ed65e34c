using System.Buffers;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>Cuts one compressed instruction into pieces, all full except the last, and hands them out one by one.</summary>
/// <remarks>Holds no buffer while nothing is left to hand out.</remarks>
public sealed class Fragmenter : IDisposable
{
    private byte[] _instruction = [];
    private int _length;
    private int _offset;
    private int _pieceLength;

    /// <summary>True while pieces are left.</summary>
    public bool HasMore => _offset < _length;

    /// <summary>Number of the piece that <see cref="TryNext"/> gave last, from 0.</summary>
    public int Number { get; private set; }

    /// <summary>The instruction's id.</summary>
    public ulong Id { get; private set; }

    /// <summary>Begins with another instruction, which is copied; what was left of the one before is dropped.</summary>
    /// <returns>False when it would take more than <see cref="FragmentView.MaxCount"/> pieces.</returns>
    public bool TryBegin(ulong id, ReadOnlySpan<byte> instruction, int pieceLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pieceLength, 1);
        Clear();
        if (instruction.Length > (long)pieceLength * FragmentView.MaxCount)
            return false;
        _instruction = ArrayPool<byte>.Shared.Rent(instruction.Length);
        instruction.CopyTo(_instruction);
        _length = instruction.Length;
        _pieceLength = pieceLength;
        Number = -1;
        Id = id;
        return true;
    }

    /// <summary>Gives the next piece, borrowed until the next call; false when none is left.</summary>
    public bool TryNext(out ReadOnlySpan<byte> piece, out bool isFinal)
    {
        if (!HasMore)
        {
            // Only now: the last piece was borrowed until this call.
            Clear();
            piece = default;
            isFinal = false;
            return false;
        }

        int length = Math.Min(_pieceLength, _length - _offset);
        piece = _instruction.AsSpan(_offset, length);
        _offset += length;
        Number++;
        isFinal = !HasMore;
        return true;
    }

    /// <summary>Drops what is left and gives the buffer back.</summary>
    public void Clear()
    {
        if (_instruction.Length > 0)
            ArrayPool<byte>.Shared.Return(_instruction);
        _instruction = [];
        _length = 0;
        _offset = 0;
    }

    /// <inheritdoc cref="Clear"/>
    public void Dispose() => Clear();
}
