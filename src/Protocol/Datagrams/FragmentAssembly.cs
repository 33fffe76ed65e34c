using System.Buffers;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>Puts instructions together from their fragments. Exactly one is under way at a time: another id discards it.</summary>
/// <remarks>
/// Holds no buffer while nothing is under way. An instruction of one fragment, which nearly all are, is handed through without a copy.
/// </remarks>
public sealed class FragmentAssembly : IDisposable
{
    private const int FirstBufferLength = 8 * 1024;

    private bool _isUnderWay;
    private ulong _id;
    private int _count;
    private int _total = int.MaxValue;
    private int _highest;

    // In order of arrival; a piece's place is in the table, as offset << 32 | length + 1, where 0 means that it is missing.
    private byte[] _bytes = [];
    private int _length;
    private long[] _pieces = [];
    private byte[] _assembled = [];

    /// <summary>How many bytes of an unfinished instruction are held.</summary>
    public int HeldLength => _length;

    /// <summary>
    /// Takes a fragment. When that completes the instruction, <paramref name="instruction"/> is its compressed form, borrowed (from the fragment, or
    /// from here) until the next call; call <see cref="Clear"/> once it is read.
    /// </summary>
    public FragmentOutcome Add(FragmentView fragment, out ReadOnlySpan<byte> instruction)
    {
        instruction = default;
        if (!_isUnderWay || fragment.Id != _id)
        {
            Clear();
            _id = fragment.Id;
            if (fragment.IsFinal && fragment.Number == 0)
            {
                instruction = fragment.Contents;
                return FragmentOutcome.Complete;
            }

            _isUnderWay = true;
        }

        FragmentOutcome outcome = Keep(fragment);
        if (outcome == FragmentOutcome.Complete)
            instruction = Assemble();
        return outcome;
    }

    /// <summary>Drops what is held and gives the buffers back.</summary>
    public void Clear()
    {
        _isUnderWay = false;
        _count = 0;
        _total = int.MaxValue;
        _highest = -1;
        _length = 0;
        Return(ref _bytes);
        Return(ref _assembled);
        if (_pieces.Length > 0)
            ArrayPool<long>.Shared.Return(_pieces);
        _pieces = [];
    }

    /// <inheritdoc cref="Clear"/>
    public void Dispose() => Clear();

    private FragmentOutcome Keep(FragmentView fragment)
    {
        int number = fragment.Number;
        ReadOnlySpan<byte> contents = fragment.Contents;
        if (number < _pieces.Length && _pieces[number] != 0)
        {
            bool isSame = contents.SequenceEqual(Piece(number)) && fragment.IsFinal == (number == _total - 1);
            return isSame ? FragmentOutcome.Incomplete : FragmentOutcome.Conflict;
        }

        if (fragment.IsFinal ? (_total != int.MaxValue || number < _highest) : (number >= _total - 1 || contents.IsEmpty))
            return FragmentOutcome.Conflict;

        // All pieces but the last have one length, so that a number alone can show that the whole is too long.
        if (contents.Length > ZlibCodec.MaxLength - _length || (!fragment.IsFinal && (long)contents.Length * (number + 1) > ZlibCodec.MaxLength))
            return FragmentOutcome.TooLong;

        if (fragment.IsFinal)
            _total = number + 1;
        _highest = Math.Max(_highest, number);
        GrowTable(number + 1);
        GrowBytes(_length + contents.Length);
        contents.CopyTo(_bytes.AsSpan(_length));
        _pieces[number] = ((long)_length << 32) | (uint)(contents.Length + 1);
        _length += contents.Length;
        _count++;
        return _count == _total ? FragmentOutcome.Complete : FragmentOutcome.Incomplete;
    }

    private ReadOnlySpan<byte> Piece(int number)
    {
        long piece = _pieces[number];
        return _bytes.AsSpan((int)(piece >> 32), (int)piece - 1);
    }

    private ReadOnlySpan<byte> Assemble()
    {
        bool isInOrder = true;
        long offset = 0;
        for (int i = 0; i < _total && isInOrder; i++)
        {
            isInOrder = _pieces[i] >> 32 == offset;
            offset += (int)_pieces[i] - 1;
        }

        if (isInOrder)
            return _bytes.AsSpan(0, _length);

        _assembled = ArrayPool<byte>.Shared.Rent(_length);
        Span<byte> rest = _assembled;
        for (int i = 0; i < _total; i++)
        {
            ReadOnlySpan<byte> piece = Piece(i);
            piece.CopyTo(rest);
            rest = rest[piece.Length..];
        }

        return _assembled.AsSpan(0, _length);
    }

    private void GrowTable(int count)
    {
        if (count <= _pieces.Length)
            return;
        long[] pieces = ArrayPool<long>.Shared.Rent(Math.Max(count, Math.Min(2 * _pieces.Length, FragmentView.MaxCount)));
        _pieces.CopyTo(pieces, 0);
        pieces.AsSpan(_pieces.Length).Clear();
        if (_pieces.Length > 0)
            ArrayPool<long>.Shared.Return(_pieces);
        _pieces = pieces;
    }

    private void GrowBytes(int length)
    {
        if (length <= _bytes.Length)
            return;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Max(FirstBufferLength, 2 * _bytes.Length)));
        _bytes.AsSpan(0, _length).CopyTo(bytes);
        Return(ref _bytes);
        _bytes = bytes;
    }

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
