using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <content>Kept rows in a snapshot, in the blocks that they lie in, so that later ones push out the same as without the interruption.</content>
public sealed partial class Scrollback
{
    internal void WriteContent(ref SnapshotWriter to, bool withRows)
    {
        to.Int(MaxRows);
        to.Varint(Added);
        to.Int(withRows ? _blocks.Count : 0);
        for (int i = 0; i < _blocks.Count && withRows; i++)
        {
            Block block = _blocks[i];
            int live = LiveFrom(block);
            to.Int(block.Bytes.Length);
            to.Int(live);
            to.Int(block.Dropped);
            to.Int(block.Rows - block.Dropped);
            to.Block(block.Bytes.AsSpan(live, block.Used - live));
        }
    }

    /// <summary>An empty one when the reader is bad.</summary>
    internal static Scrollback ReadContent(ref SnapshotReader from)
    {
        Scrollback rows = new(from.Int(0, MostRows)) { Added = from.Varint() };
        int blocks = from.Int(0, from.Left);

        // A block may be replaced by a larger one when the limit is reached.
        long most = Math.Max((long)rows.MaxRows * MaxBytesPerRow, LargestBlockSize) + LargestBlockSize;
        for (int i = 0; i < blocks && !from.IsBad; i++)
        {
            int length = from.Int(FirstBlockSize, LargestBlockSize);
            int live = from.Int(0, length);
            int dropped = from.Int(0, length);
            int kept = from.Int(1, length);
            ReadOnlySpan<byte> bytes = from.Block(length - live);
            rows._bytes += length;
            rows.Count += kept;
            from.Require(BitOperations.IsPow2(length) && rows._bytes <= most && rows.Count <= rows.MaxRows);

            // Only the oldest block can have rows that do not count any more.
            from.Require(dropped == 0 ? live == 0 : i == 0 && live >= dropped * TrailerSize);
            if (from.IsBad || !AreRows(bytes, kept))
            {
                from.Refuse();
                return new Scrollback(0);
            }

            byte[] copy = new byte[length];
            bytes.CopyTo(copy.AsSpan(live));
            rows._blocks.Add(new Block(copy, live + bytes.Length, dropped + kept, dropped));
        }

        from.Require((ulong)rows.Count <= rows.Added && rows.Added <= long.MaxValue);
        return from.IsBad ? new Scrollback(0) : rows;
    }

    /// <summary>Where the oldest row that counts begins.</summary>
    private static int LiveFrom(Block block)
    {
        if (block.Dropped == 0)
            return 0;
        int at = block.Used;
        for (int i = block.Dropped; i < block.Rows; i++)
            at -= TrailerSize + TextLengthBefore(block.Bytes.AsSpan(0, at)) + RunsLengthBefore(block.Bytes.AsSpan(0, at));
        return at;
    }

    private static int TextLengthBefore(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[^4..]) & ~WrapsBit;

    private static int RunsLengthBefore(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[^2..]);

    /// <summary>True for exactly so many rows, each of text and runs that a reader can follow.</summary>
    private static bool AreRows(ReadOnlySpan<byte> bytes, int count)
    {
        for (; count > 0; count--)
        {
            if (bytes.Length < TrailerSize)
                return false;
            int text = TextLengthBefore(bytes);
            int runs = RunsLengthBefore(bytes);
            int start = bytes.Length - TrailerSize - text - runs;
            if (start < 0 || !IsText(bytes.Slice(start, text)) || !ScrollbackRow.AreRuns(bytes.Slice(start + text, runs), text))
                return false;
            bytes = bytes[..start];
        }

        return bytes.IsEmpty;
    }

    private static bool IsText(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out Rune rune, out int length) != System.Buffers.OperationStatus.Done || Rune.IsControl(rune))
                return false;
            text = text[length..];
        }

        return true;
    }
}
