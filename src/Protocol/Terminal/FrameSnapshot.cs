using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Frames in a snapshot. Rows that repeat the one above, or that another frame of the snapshot has too, are named, not written.</summary>
internal static class FrameSnapshot
{
    private const int Literal = 0;       // cells
    private const int RepeatsAbove = 1;  // how many
    private const int OfBasis = 2;       // from which row of the other frame, how many
    private const int NotThere = -1;

    private const int ScratchLength = 1024;

    /// <summary>Every mode that a frame's state can name.</summary>
    private static ReadOnlySpan<short> MouseModes => [0, 9, 1000, 1001, 1002, 1003];

    private static ReadOnlySpan<short> MouseEncodings => [0, 1005, 1006, 1015];

    /// <summary>All of a frame but its size.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="basis">A frame of the same session that the reader will have.</param>
    public static void Write(ref SnapshotWriter to, Framebuffer frame, Framebuffer? basis)
    {
        ref readonly FrameState state = ref frame.State;
        to.Int(state.CursorRow);
        to.Int(state.CursorColumn);
        to.Byte((byte)((state.CursorVisible ? 1 : 0) | (state.ReverseVideo ? 2 : 0) | (state.BracketedPaste ? 4 : 0)
            | (state.FocusEvents ? 8 : 0) | (state.AlternateScroll ? 16 : 0) | (state.TitleEverSet ? 32 : 0)));
        to.Byte(state.CursorShape);
        to.Int(state.MouseReporting);
        to.Int(state.MouseEncoding);
        RowSnapshot.WriteRendition(ref to, state.Rendition);
        to.Varint(state.Bells);
        to.Block(frame.TitleBytes);
        to.Block(frame.IconBytes);
        to.Block(frame.ClipboardBytes);
        WriteRows(ref to, frame, basis);
    }

    /// <summary>Fills a frame of the right size; the reader is bad when it does not.</summary>
    public static void Read(ref SnapshotReader from, Framebuffer frame, Framebuffer? basis)
    {
        FrameState state = new()
        {
            CursorRow = from.Int(0, frame.Rows - 1),
            CursorColumn = from.Int(0, frame.Columns - 1),
        };
        int flags = from.Byte();
        from.Require(flags <= 63);
        state.CursorVisible = (flags & 1) != 0;
        state.ReverseVideo = (flags & 2) != 0;
        state.BracketedPaste = (flags & 4) != 0;
        state.FocusEvents = (flags & 8) != 0;
        state.AlternateScroll = (flags & 16) != 0;
        state.TitleEverSet = (flags & 32) != 0;
        state.CursorShape = from.Byte();
        state.MouseReporting = (short)from.Int(0, short.MaxValue);
        state.MouseEncoding = (short)from.Int(0, short.MaxValue);
        from.Require(state.CursorShape <= 6 && MouseModes.Contains(state.MouseReporting) && MouseEncodings.Contains(state.MouseEncoding));
        state.Rendition = RowSnapshot.ReadRendition(ref from);
        state.Bells = from.Varint();
        frame.State = state;

        // No longer than a diff can bring to a client, and none that was never set.
        frame.SetTitle(from.Text(Framebuffer.MaxTitleCodePoints - 2));
        frame.SetIconName(from.Text(Framebuffer.MaxTitleCodePoints - 2));
        from.Require(state.TitleEverSet || (frame.TitleBytes.Length == 0 && frame.IconBytes.Length == 0));
        frame.SetClipboard(from.Text(VtParser.MaxOscCodePoints));
        ReadRows(ref from, frame, basis);
        frame.Touch();
    }

    public static void WriteRows(ref SnapshotWriter to, Framebuffer frame, Framebuffer? basis)
    {
        if (basis is not null && basis.Columns != frame.Columns)
            basis = null;
        Rendition pen = default;
        int last = NotThere;
        for (int row = 0; row < frame.Rows;)
        {
            int count = 0;
            while (row > 0 && row + count < frame.Rows && frame.HasSameCells(row + count, frame, row - 1))
                count++;
            if (count > 0)
            {
                to.Byte(RepeatsAbove);
                to.Int(count);
                row += count;
                continue;
            }

            int start = basis is null ? NotThere : FindInBasis(frame, row, basis, last);
            if (start == NotThere)
            {
                to.Byte(Literal);
                RowSnapshot.Write(ref to, frame, frame.Row(row), ref pen);
                row++;
                continue;
            }

            while (row + count < frame.Rows && start + count < basis!.Rows && frame.HasSameCells(row + count, basis, start + count))
                count++;
            to.Byte(OfBasis);
            to.Int(start);
            to.Int(count);
            last = start + count;
            row += count;
        }
    }

    public static void ReadRows(ref SnapshotReader from, Framebuffer frame, Framebuffer? basis)
    {
        Rendition pen = default;
        for (int row = 0; row < frame.Rows && !from.IsBad;)
        {
            switch (from.Byte())
            {
                case Literal:
                    RowSnapshot.Read(ref from, frame, frame.WritableRow(row++), ref pen);
                    break;
                case RepeatsAbove when row > 0:
                    for (int count = from.Int(1, frame.Rows - row); count > 0; count--, row++)
                        frame.ShareRow(row, frame, row - 1);
                    break;
                case OfBasis when basis is not null && basis.Columns == frame.Columns:
                    int start = from.Int(0, basis.Rows - 1);
                    for (int count = from.Int(1, Math.Min(frame.Rows - row, basis.Rows - start)); count > 0; count--, row++, start++)
                        frame.ShareRow(row, basis, start);
                    break;
                default:
                    from.Refuse();
                    break;
            }
        }
    }

    /// <summary>A number that frames of equal content, size included, have in common, in whatever process.</summary>
    public static uint FingerprintOf(Framebuffer frame)
    {
        SnapshotWriter sum = new(stackalloc byte[ScratchLength]);
        sum.Int(frame.Columns);
        sum.Int(frame.Rows);
        WriteRows(ref sum, frame, null);
        return sum.Sum;
    }

    /// <summary>Where the other frame has a row: at the same place, or, after a scroll, as far off as the row before.</summary>
    private static int FindInBasis(Framebuffer frame, int row, Framebuffer basis, int afterLast)
    {
        if (row < basis.Rows && frame.HasSameCells(row, basis, row))
            return row;
        if (afterLast >= 0 && afterLast < basis.Rows && frame.HasSameCells(row, basis, afterLast))
            return afterLast;

        // The upper left row of what scrolled by up to a few lines.
        for (int off = 1; off <= 4; off++)
        {
            if (row + off < basis.Rows && frame.HasSameCells(row, basis, row + off))
                return row + off;
            if (row - off >= 0 && row - off < basis.Rows && frame.HasSameCells(row, basis, row - off))
                return row - off;
        }

        return NotThere;
    }
}
