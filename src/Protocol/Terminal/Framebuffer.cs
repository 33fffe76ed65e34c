using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace MoshBroker.Protocol.Terminal;

/// <summary>One screen: cells, cursor, current rendition, the modes a client must know, title, icon name, clipboard, bells.</summary>
/// <remarks>
/// <see cref="Snapshot"/> copies no cells: frames of a session share rows, and a row is copied when one of them changes it. Snapshots
/// come from the session's pool and must be given back by <see cref="Release"/>. Not thread-safe together with any frame of its session.
/// </remarks>
public sealed class Framebuffer
{
    /// <summary>The most columns: wider than any real window; a peer may ask for 2^31.</summary>
    public const int MaxColumns = 2048;

    /// <summary>The most rows.</summary>
    public const int MaxRows = 1024;

    /// <summary>The most cells: 8 MB a frame.</summary>
    public const int MaxCells = 512 * 1024;

    /// <summary>The longest title or icon name, in code points.</summary>
    public const int MaxTitleCodePoints = 256;

    private static readonly byte[] NoText = [];

    private CellStore? _store;
    private int[] _slots = [];

    internal Framebuffer(ScreenMemory memory)
    {
        Memory = memory;
    }

    /// <summary>A blank screen of its own session's memory.</summary>
    /// <param name="columns">1 to <see cref="MaxColumns"/>.</param>
    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    public static Framebuffer Create(int columns, int rows)
    {
        Framebuffer frame = new(new ScreenMemory());
        frame.Initialize(columns, rows);
        return frame;
    }

    internal ScreenMemory Memory { get; }

    internal FrameState State;

    /// <summary>Width, 1 or more.</summary>
    public int Columns { get; private set; }

    /// <summary>Height, 1 or more.</summary>
    public int Rows { get; private set; }

    /// <summary>Changes whenever the content may have; frames of one session with equal versions are equal.</summary>
    public ulong Version { get; private set; }

    /// <summary>Cursor row from 0.</summary>
    public int CursorRow => State.CursorRow;

    /// <summary>Cursor column from 0, below <see cref="Columns"/>.</summary>
    public int CursorColumn => State.CursorColumn;

    /// <summary>Mode 25.</summary>
    public bool CursorVisible => State.CursorVisible;

    /// <summary>Mode 5.</summary>
    public bool ReverseVideo => State.ReverseVideo;

    /// <summary>Mode 2004.</summary>
    public bool BracketedPaste => State.BracketedPaste;

    /// <summary>Mode 1004.</summary>
    public bool FocusEvents => State.FocusEvents;

    /// <summary>The private mode that is on: 9, 1000, 1001, 1002, 1003, or 0 for none.</summary>
    public int MouseReporting => State.MouseReporting;

    /// <summary>The private mode that is on: 1005, 1006, 1015, or 0 for none.</summary>
    public int MouseEncoding => State.MouseEncoding;

    /// <summary>What the next printed character looks like, as far as the stock client can show it.</summary>
    public Rendition Rendition => State.Rendition.Shown;

    /// <summary>DECSCUSR: 0 the terminal's own, 1 and 2 block, 3 and 4 underline, 5 and 6 bar; odd ones blink. No stock client is told.</summary>
    public int CursorShape => State.CursorShape;

    /// <summary>How often the bell rang.</summary>
    public ulong Bells => State.Bells;

    /// <summary>True once a program has set the title or the icon name.</summary>
    public bool TitleEverSet => State.TitleEverSet;

    /// <summary>Window title, UTF-8 without control characters except DEL; at most 256 code points.</summary>
    public ReadOnlySpan<byte> Title => TitleBytes;

    /// <summary>Icon name, as <see cref="Title"/>.</summary>
    public ReadOnlySpan<byte> IconName => IconBytes;

    /// <summary>Payload of the last OSC 52, uninterpreted, UTF-8 without control characters except DEL; at most 16,379 code points.</summary>
    public ReadOnlySpan<byte> Clipboard => ClipboardBytes;

    /// <summary>Never changed in place, so that frames share them.</summary>
    internal byte[] TitleBytes { get; private set; } = NoText;

    internal byte[] IconBytes { get; private set; } = NoText;

    internal byte[] ClipboardBytes { get; private set; } = NoText;

    internal CellStore Store => _store!;

    /// <summary>One row, cell by cell; valid until the frame changes or is released.</summary>
    /// <param name="row">0 to <see cref="Rows"/> - 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<Cell> Row(int row) => _store!.Row(_slots[row]);

    /// <summary>The slot of a row: equal slots of one store mean equal rows.</summary>
    internal int Slot(int row) => _slots[row];

    /// <summary>Writes a cell's text as UTF-8, without the no-break space of a fallback cell; empty for a blank one.</summary>
    /// <returns>Length in bytes, at most 35.</returns>
    public int CopyText(Cell cell, Span<byte> destination)
    {
        if (cell.IsBlank)
            return 0;
        if (!cell.IsInterned)
            return new Rune(cell.Text).EncodeToUtf8(destination);

        ReadOnlySpan<byte> text = Memory.Texts[cell.Text & ~Cell.InternedBit];
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>What a reader sees in a row, trailing blanks dropped. For people and tests: it allocates.</summary>
    /// <param name="row">0 to <see cref="Rows"/> - 1.</param>
    public string RowText(int row)
    {
        StringBuilder text = new(Columns);
        Span<byte> utf8 = stackalloc byte[TextTable.MaxLength];
        ReadOnlySpan<Cell> cells = Row(row);
        for (int column = 0; column < cells.Length; column++)
        {
            ref readonly Cell cell = ref cells[column];
            if (cell.IsFallback)
                text.Append('\u00a0');
            text.Append(cell.IsBlank ? " " : Encoding.UTF8.GetString(utf8[..CopyText(cell, utf8)]));
            if (cell.IsWide)
                column++;
        }

        return text.ToString().TrimEnd(' ');
    }

    /// <summary>An independent copy that shares the rows. Give it back with <see cref="Release"/>.</summary>
    public Framebuffer Snapshot()
    {
        Framebuffer copy = Memory.RentFrame();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Gives the frame's rows back, and the frame to the pool; it must not be used afterwards.</summary>
    public void Release()
    {
        Drop();
        TitleBytes = IconBytes = ClipboardBytes = NoText;
        Memory.ReturnFrame(this);
    }

    /// <summary>True when a client could not tell the two apart: what <c>FrameDiff</c> writes between them is empty.</summary>
    /// <remarks>
    /// Content decides, not history. What the stock client can't show does not count: hidden right halves of wide characters, faint and its like, the
    /// cursor's shape, hyperlinks, the alternate-scroll mode. A plain space is a blank.
    /// </remarks>
    /// <param name="other">Another frame, of any session.</param>
    /// <param name="isFull">True for a client that knows what stock's does not: then only the alternate-scroll mode and hidden halves don't count.</param>
    public bool ContentEquals(Framebuffer other, bool isFull = false)
    {
        if (ReferenceEquals(Memory, other.Memory) && Version == other.Version)
            return true;
        if (Columns != other.Columns || Rows != other.Rows || !StateEquals(other, isFull))
            return false;

        for (int row = 0; row < Rows; row++)
        {
            if (!RowEquals(row, other, row, isFull))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Makes this frame show the upper left part of <paramref name="source"/>, padded with blanks; the cursor is clamped. For a client
    /// whose window has another size than the terminal. Writes only rows that differ.
    /// </summary>
    /// <param name="source">A frame of the same session.</param>
    /// <param name="columns">Width of the view.</param>
    /// <param name="rows">Height of the view.</param>
    public void CopyClipped(Framebuffer source, int columns, int rows)
    {
        BeginView(source, columns, rows);
        for (int row = 0; row < rows; row++)
            CopyClippedRow(row, source, row);
        TakeState(source);
    }

    /// <summary>Gives this frame a size, to be filled row by row from other frames of its session.</summary>
    internal void BeginView(Framebuffer source, int columns, int rows)
    {
        if (!ReferenceEquals(source.Memory, Memory))
            throw new ArgumentException("The frame is not of this session.", nameof(source));
        if (_store is not null && Columns == columns && Rows == rows)
            return;
        Drop();
        if (columns == source.Columns)
            InitializeLike(source, rows);
        else
            Initialize(columns, rows);
    }

    /// <summary>Shows as much of another frame's row as there is; blanks where there is none. Writes only if it differs.</summary>
    internal void CopyClippedRow(int row, Framebuffer source, int sourceRow)
    {
        if (sourceRow >= source.Rows)
        {
            if (Row(row).ContainsAnyExcept(default(Cell)))
                ReplaceSlot(row, Store.Filled(default));
            return;
        }

        if (ReferenceEquals(_store, source._store))
        {
            ShareRow(row, source, sourceRow);
            return;
        }

        int shared = Math.Min(Columns, source.Columns);
        ReadOnlySpan<Cell> from = source.Row(sourceRow)[..shared];
        if (Row(row)[..shared].SequenceEqual(from) && !Row(row)[shared..].ContainsAnyExcept(default(Cell)))
            return;

        Span<Cell> to = WritableRow(row);
        from.CopyTo(to);
        to[shared..].Clear();
        if (Columns == source.Columns)
            return;

        // Whether the row goes on is a property of the last column, which is another one here. A wide character that the edge
        // cuts in two can't be shown.
        ref Cell last = ref to[shared - 1];
        last.CellFlags &= ~CellFlags.Wrap;
        if (shared == Columns && last.IsWide && IsLead(to, shared - 1))
            last = Cell.Blank(last.BackgroundColor);
    }

    /// <summary>Takes all but the rows from another frame; the cursor is clamped.</summary>
    internal void TakeState(Framebuffer source)
    {
        State = source.State;
        State.CursorRow = Math.Min(State.CursorRow, Rows - 1);
        State.CursorColumn = Math.Min(State.CursorColumn, Columns - 1);
        TitleBytes = source.TitleBytes;
        IconBytes = source.IconBytes;
        ClipboardBytes = source.ClipboardBytes;
        Touch();
    }

    internal void Initialize(int columns, int rows)
    {
        CheckSize(columns, rows);
        Columns = columns;
        Rows = rows;
        _store = Memory.NewStore(columns);
        _store.AddUser();
        _slots = new int[rows];
        for (int row = 0; row < rows; row++)
            _slots[row] = _store.Filled(default);
        State = FrameState.Initial;
        TitleBytes = IconBytes = ClipboardBytes = NoText;
        Touch();
    }

    internal static void CheckSize(int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        if (!IsAllowedSize(columns, rows))
            throw new ArgumentOutOfRangeException(nameof(rows), "The screen is larger than is allowed.");
    }

    /// <summary>True for a size that a screen can have.</summary>
    public static bool IsAllowedSize(int columns, int rows) =>
        columns is >= 1 and <= MaxColumns && rows is >= 1 and <= MaxRows && (long)columns * rows <= MaxCells;

    /// <summary>Makes this frame a copy of another one of its session; what it showed before is released.</summary>
    internal void CopyFrom(Framebuffer source)
    {
        Debug.Assert(ReferenceEquals(source.Memory, Memory), "Frames of different sessions share nothing.");
        if (!ReferenceEquals(_store, source._store))
        {
            Drop();
            _store = source._store;
            Store.AddUser();
        }
        else
        {
            ReleaseRows(0, Rows);
        }

        if (_slots.Length < source.Rows)
            _slots = new int[source.Rows];
        CellStore store = Store;
        Columns = source.Columns;
        Rows = source.Rows;
        State = source.State;
        Version = source.Version;
        TitleBytes = source.TitleBytes;
        IconBytes = source.IconBytes;
        ClipboardBytes = source.ClipboardBytes;
        for (int row = 0; row < Rows; row++)
        {
            int slot = source._slots[row];
            _slots[row] = slot;
            store.AddReference(slot);
        }
    }

    /// <summary>Notes that the content may have changed.</summary>
    internal void Touch() => Version = Memory.NextVersion();

    /// <summary>A row to write to; copied first when another frame shares it. Valid until the frame changes otherwise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<Cell> WritableRow(int row)
    {
        int slot = _slots[row];
        if (_store!.IsShared(slot))
            slot = Unshare(row);
        return _store.Row(slot);
    }

    /// <summary>Blanks whole rows; they share one.</summary>
    internal void FillRows(int row, int count, Cell filling)
    {
        for (int i = row; i < row + count; i++)
        {
            int slot = Store.Filled(filling);
            Store.Release(_slots[i]);
            _slots[i] = slot;
        }
    }

    /// <summary>Moves the rows of a region up, the upper ones out of it; what comes in at the bottom is filled.</summary>
    internal void ScrollUp(int top, int bottom, int count, Cell filling)
    {
        int height = bottom - top + 1;
        count = Math.Min(count, height);
        ReleaseRows(top, count);
        Array.Copy(_slots, top + count, _slots, top, height - count);
        for (int row = bottom - count + 1; row <= bottom; row++)
            _slots[row] = Store.Filled(filling);
    }

    /// <summary>Moves the rows of a region down, the lower ones out of it; what comes in at the top is filled.</summary>
    internal void ScrollDown(int top, int bottom, int count, Cell filling)
    {
        int height = bottom - top + 1;
        count = Math.Min(count, height);
        ReleaseRows(bottom - count + 1, count);
        Array.Copy(_slots, top, _slots, top + count, height - count);
        for (int row = top; row < top + count; row++)
            _slots[row] = Store.Filled(filling);
    }

    /// <summary>Cuts or pads at the right and at the bottom; what is new is filled. No row continues in the next after a change of width.</summary>
    /// <param name="columns">The new width.</param>
    /// <param name="rows">The new height.</param>
    /// <param name="filling">What is new.</param>
    /// <param name="store">Where rows of the new width are kept, if there is such a place already.</param>
    internal void Resize(int columns, int rows, Cell filling, CellStore? store = null)
    {
        CheckSize(columns, rows);
        if (columns != Columns)
        {
            CellStore old = Store;
            store ??= Memory.NewStore(columns);
            store.AddUser();
            int shared = Math.Min(columns, Columns);
            for (int row = 0; row < Rows; row++)
            {
                int slot = store.Allocate();
                Span<Cell> to = store.Row(slot);
                ReadOnlySpan<Cell> from = old.Row(_slots[row]);
                from[..shared].CopyTo(to);
                to[shared..].Fill(filling);
                to[shared - 1].CellFlags &= ~CellFlags.Wrap;
                old.Release(_slots[row]);
                _slots[row] = slot;
            }

            _store = store;
            Columns = columns;
            old.RemoveUser();
        }

        if (rows < Rows)
        {
            ReleaseRows(rows, Rows - rows);
        }
        else if (rows > Rows)
        {
            Array.Resize(ref _slots, rows);
            for (int row = Rows; row < rows; row++)
                _slots[row] = Store.Filled(filling);
        }

        Rows = rows;
        Touch();
    }

    /// <summary>Exchanges the rows of two frames of one session and size; all else stays.</summary>
    internal void SwapRows(Framebuffer other)
    {
        Debug.Assert(Columns == other.Columns && Rows == other.Rows && ReferenceEquals(Memory, other.Memory), "Both screens of a terminal are alike.");
        (_slots, other._slots) = (other._slots, _slots);
        (_store, other._store) = (other._store, _store);
    }

    /// <summary>Becomes a screen of blanks, as large as another one and in the same store.</summary>
    internal void InitializeLike(Framebuffer other) => InitializeLike(other, other.Rows);

    /// <summary>The same with another height.</summary>
    internal void InitializeLike(Framebuffer other, int rows)
    {
        Debug.Assert(_store is null, "Only a released frame is made anew.");
        Columns = other.Columns;
        Rows = rows;
        _store = other.Store;
        _store.AddUser();
        if (_slots.Length < Rows)
            _slots = new int[Rows];
        for (int row = 0; row < Rows; row++)
            _slots[row] = _store.Filled(default);
        State = FrameState.Initial;
        Touch();
    }

    /// <summary>True when two rows are equal bit by bit; both frames are of one session.</summary>
    internal bool HasSameCells(int row, Framebuffer other, int otherRow) =>
        (ReferenceEquals(_store, other._store) && _slots[row] == other._slots[otherRow])
        || MemoryMarshal.AsBytes(Row(row)).SequenceEqual(MemoryMarshal.AsBytes(other.Row(otherRow)));

    /// <summary>Takes a row of a frame of the same session and width, without a copy if it can.</summary>
    internal void ShareRow(int row, Framebuffer source, int sourceRow)
    {
        if (!ReferenceEquals(_store, source._store))
        {
            source.Row(sourceRow).CopyTo(WritableRow(row));
            return;
        }

        int slot = source._slots[sourceRow];
        Store.AddReference(slot);
        ReplaceSlot(row, slot);
    }

    internal void SetTitle(ReadOnlySpan<byte> title) => TitleBytes = SameOrNew(TitleBytes, title);

    internal void SetIconName(ReadOnlySpan<byte> name) => IconBytes = SameOrNew(IconBytes, name);

    internal void SetClipboard(ReadOnlySpan<byte> payload) => ClipboardBytes = SameOrNew(ClipboardBytes, payload);

    /// <summary>True when two rows look the same and behave the same when the screen changes further.</summary>
    internal bool RowEquals(int row, Framebuffer other, int otherRow, bool isFull = false)
    {
        // The bottom row can't go on anywhere: whatever its mark says here, a client's has none there, so that it is known when the row moves up.
        bool sharesTexts = ReferenceEquals(Memory, other.Memory);
        ReadOnlySpan<Cell> mine = Row(row);
        bool goesOn = row < Rows - 1 && mine[^1].Wraps;
        bool otherGoesOn = otherRow < other.Rows - 1 && other.Row(otherRow)[^1].Wraps;
        if (goesOn != otherGoesOn)
            return false;
        if (sharesTexts && ReferenceEquals(_store, other._store) && _slots[row] == other._slots[otherRow])
            return true;

        ReadOnlySpan<Cell> theirs = other.Row(otherRow);
        if (mine.Length != theirs.Length)
            return false;

        // Bitwise equal rows need no closer look, unless the numbers in them belong to different tables.
        if (sharesTexts && MemoryMarshal.AsBytes(mine).SequenceEqual(MemoryMarshal.AsBytes(theirs)))
            return true;

        bool mineHidden = false;
        bool theirsHidden = false;
        for (int column = 0; column < mine.Length; column++)
        {
            if (mineHidden != theirsHidden || (!mineHidden && !LooksEqual(mine, other, theirs, column, isFull)))
                return false;
            mineHidden = !mineHidden && HidesNext(mine, column);
            theirsHidden = !theirsHidden && HidesNext(theirs, column);
        }

        return true;
    }

    /// <summary>True when two visible cells of one column look alike. Whether the row goes on is not compared.</summary>
    internal bool LooksEqual(ReadOnlySpan<Cell> mine, Framebuffer other, ReadOnlySpan<Cell> theirs, int column, bool isFull = false)
    {
        Cell left = mine[column];
        Cell right = theirs[column];
        if (left.Equals(right) && ((!left.IsInterned && left.Link == 0) || ReferenceEquals(Memory, other.Memory)))
            return true;

        left = Look(left, column == mine.Length - 1, isFull);
        right = Look(right, column == theirs.Length - 1, isFull);
        if ((left.Link | right.Link) != 0 && !ReferenceEquals(Memory, other.Memory))
        {
            if (!Memory.Links[left.Link].SequenceEqual(other.Memory.Links[right.Link]))
                return false;
            right.Link = left.Link;
        }

        if (left.IsInterned && right.IsInterned && !ReferenceEquals(Memory, other.Memory))
        {
            bool sameText = TextOf(left).SequenceEqual(other.TextOf(right));
            right.Text = left.Text;
            return sameText && left.Equals(right);
        }

        return left.Equals(right);
    }

    /// <summary>
    /// A cell as a client can have it: a plain space is a blank, and a wide character that does not fit into the last column is left out. Without
    /// the mark that the row goes on, and, unless the client is of ours, without what the stock client does not know.
    /// </summary>
    internal static Cell Look(Cell cell, bool isLast, bool isFull = false)
    {
        if (isLast && cell.IsWide)
            return Cell.Blank(cell.BackgroundColor);

        cell.CellFlags &= (isFull ? CellFlags.AllAttributes : CellFlags.Attributes) | CellFlags.Wide | CellFlags.Fallback;
        if (!isFull)
            cell.Link = 0;
        if (cell.Text == ' ' && cell.CellFlags == CellFlags.None && cell.ForegroundColor.IsDefault && cell.Link == 0)
            cell.Text = 0;
        return cell;
    }

    /// <summary>True when a visible cell covers the next column too.</summary>
    internal static bool HidesNext(ReadOnlySpan<Cell> row, int column) => row[column].IsWide && column + 1 < row.Length;

    internal ReadOnlySpan<byte> TextOf(Cell cell) => Memory.Texts[cell.Text & ~Cell.InternedBit];

    /// <summary>True when the cell shows: it is not the right half of a wide character.</summary>
    internal static bool IsLead(ReadOnlySpan<Cell> row, int column)
    {
        // Hidden is who follows a wide lead; in a run of wide cells every second one leads.
        int wide = 0;
        while (column - wide > 0 && row[column - wide - 1].IsWide)
            wide++;
        return (wide & 1) == 0;
    }

    /// <summary>Debug builds check after each mutation what the rest relies on.</summary>
    [Conditional("DEBUG")]
    internal void CheckInvariants()
    {
        Debug.Assert(IsAllowedSize(Columns, Rows), "The size is in bounds.");
        Debug.Assert(State.CursorRow >= 0 && State.CursorRow < Rows, "The cursor is on the screen.");
        Debug.Assert(State.CursorColumn >= 0 && State.CursorColumn < Columns, "The cursor is on the screen.");
        Debug.Assert(_slots.Length >= Rows && Store.Columns == Columns, "Rows have the width of the frame.");
        for (int row = 0; row < Rows; row++)
            Debug.Assert(Store.References(_slots[row]) > 0, "A row that is shown is referenced.");

        ReadOnlySpan<Cell> cursorRow = Row(State.CursorRow);
        for (int column = 0; column < cursorRow.Length; column++)
        {
            ref readonly Cell cell = ref cursorRow[column];
            Debug.Assert(!cell.Wraps || column == Columns - 1, "Only the last cell says that a row goes on.");
            Debug.Assert(
                !cell.IsBlank || cell.Equals(new Cell(0, new(default, cell.BackgroundColor, default), cell.CellFlags & CellFlags.Wrap)),
                "A blank cell has nothing but a background.");
        }
    }

    private bool StateEquals(Framebuffer other, bool isFull)
    {
        FrameState mine = State;
        FrameState theirs = other.State;
        mine.AlternateScroll = other.State.AlternateScroll;
        mine.TitleEverSet = other.State.TitleEverSet;
        mine.Link = theirs.Link;
        if (!isFull)
        {
            mine.CursorShape = theirs.CursorShape;
            mine.Rendition = mine.Rendition.Shown;
            theirs.Rendition = theirs.Rendition.Shown;
        }

        return mine == theirs
            && TitleBytes.AsSpan().SequenceEqual(other.TitleBytes)
            && IconBytes.AsSpan().SequenceEqual(other.IconBytes)
            && ClipboardBytes.AsSpan().SequenceEqual(other.ClipboardBytes);
    }

    private static byte[] SameOrNew(byte[] old, ReadOnlySpan<byte> text) => text.SequenceEqual(old) ? old : text.ToArray();

    private void ReplaceSlot(int row, int slot)
    {
        Store.Release(_slots[row]);
        _slots[row] = slot;
    }

    private int Unshare(int row)
    {
        int slot = Store.AllocateCopy(_slots[row]);
        ReplaceSlot(row, slot);
        return slot;
    }

    private void ReleaseRows(int row, int count)
    {
        for (int i = row; i < row + count; i++)
            Store.Release(_slots[i]);
    }

    private void Drop()
    {
        if (_store is null)
            return;
        ReleaseRows(0, Rows);
        CellStore store = _store;
        _store = null;
        Rows = 0;
        store.RemoveUser();
    }
}
