using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>Writes what a terminal must be sent, and knows where that leaves its cursor and its rendition.</summary>
/// <remarks>
/// Hidden in the other emulator is whether a wrap is pending in the last column. So after a character there, and after one whose width
/// another library may see otherwise, the cursor counts as unknown: only CR or an absolute movement follows, never BS.
/// </remarks>
internal struct FramePainter
{
    private const int Unknown = -1;

    // Longer gaps are never cheaper to write again than to jump over.
    private const int LongestRewrite = 8;

    private readonly Framebuffer _to;
    private readonly int _columns;
    private readonly int _rows;
    private readonly TerminalAbilities _abilities;
    private ByteSink _sink;
    private Rendition _pen;
    private ushort _link;
    private int _row;
    private int _column;

    /// <summary>False when the cursor may have a wrap pending: it is where it is said to be, but nothing may be printed there.</summary>
    private bool _mayPrint;

    public FramePainter(Framebuffer to, TerminalAbilities abilities = TerminalAbilities.All)
    {
        _to = to;
        _abilities = abilities;
        _columns = to.Columns;
        _rows = to.Rows;
        _row = _column = Unknown;
    }

    internal readonly record struct Mark(int Length, int Row, int Column, bool MayPrint, Rendition Pen, ushort Link);

    public readonly ReadOnlySpan<byte> Written => _sink.Written;

    public readonly int Length => _sink.Length;

    public readonly Rendition Pen => _pen;

    public readonly bool HasClipboard => (_abilities & TerminalAbilities.Clipboard) != 0;

    /// <summary>True when what stock does not know is written too.</summary>
    public readonly bool IsFull => (_abilities & TerminalAbilities.Full) != 0;

    /// <summary>A frame's rendition as far as this terminal knows it.</summary>
    public readonly Rendition PenOf(Framebuffer frame) => IsFull ? frame.State.Rendition : frame.Rendition;

    /// <summary>True when the terminal scrolls by a count.</summary>
    public readonly bool CanScroll => (_abilities & TerminalAbilities.Scroll) != 0;

    /// <summary>True when erasing leaves this background.</summary>
    public readonly bool CanEraseTo(Color background) => background.IsDefault || (_abilities & TerminalAbilities.EraseInBackground) != 0;

    public void Dispose() => _sink.Dispose();

    /// <summary>What is known of the terminal before the first byte.</summary>
    public void Begin(int row, int column, Rendition pen)
    {
        _row = row;
        _column = column;
        _mayPrint = column < _columns - 1;
        _pen = pen;
    }

    public void Raw(scoped ReadOnlySpan<byte> bytes) => _sink.Add(bytes);

    public void Raw(byte b) => _sink.Add(b);

    public void Number(int value) => _sink.AddNumber(value);

    /// <summary>The terminal homed its cursor.</summary>
    public void AtHome() => At(0, 0);

    /// <summary>A private mode on or off.</summary>
    public void Mode(int mode, bool on)
    {
        _sink.Add("\e[?"u8);
        _sink.AddNumber(mode);
        _sink.Add(on ? (byte)'h' : (byte)'l');
    }

    /// <summary>CSI, a number unless it is 1, and a final.</summary>
    public void Sequence(int number, byte final)
    {
        _sink.Add("\e["u8);
        if (number != 1)
            _sink.AddNumber(number);
        _sink.Add(final);
    }

    /// <summary>The cursor goes to a place by the shortest way, and may print there.</summary>
    public void MoveTo(int row, int column)
    {
        if (row == _row && column == _column && _mayPrint)
            return;

        int straight = PositionLength(row, column);
        if (_row == Unknown)
        {
            Position(row, column);
            return;
        }

        // Keeping the column, or from column 0.
        int vertical = VerticalLength(row);
        int relative = _column == Unknown || !_mayPrint ? int.MaxValue : vertical + HorizontalLength(_column, column);
        int fromStart = 1 + vertical + HorizontalLength(0, column);
        if (straight < relative && straight <= fromStart)
        {
            Position(row, column);
            return;
        }

        if (fromStart < relative)
        {
            _sink.Add((byte)'\r');
            _column = 0;
        }

        Vertical(row);
        Horizontal(column);
        At(row, column);
    }

    /// <summary>The cursor ends in a place; nothing more is printed.</summary>
    public void Rest(int row, int column)
    {
        if (row != _row || column != _column)
            MoveTo(row, column);
    }

    /// <summary>As <see cref="MoveTo"/>, but a few cells in between may be written again if that is shorter; they hold what the frame to come holds.</summary>
    public void MoveOver(int row, int column)
    {
        int gap = column - _column;
        if (row == _row && _mayPrint && _column != Unknown && gap is > 0 and <= LongestRewrite && gap <= HorizontalLength(_column, column))
        {
            ReadOnlySpan<Cell> cells = _to.Row(row).Slice(_column, gap);
            if (CanRewrite(cells))
            {
                foreach (Cell cell in cells)
                    _sink.Add((byte)cell.Text);
                At(row, column);
                return;
            }
        }

        MoveTo(row, column);
    }

    /// <summary>The rendition becomes this one, by the shorter of a change and a fresh start.</summary>
    public void SetPen(Rendition pen)
    {
        if (pen == _pen)
            return;

        Span<byte> fresh = stackalloc byte[RenditionWriter.MaxLength];
        Span<byte> change = stackalloc byte[RenditionWriter.MaxLength];
        int freshLength = RenditionWriter.WriteFresh(pen, fresh);
        int changeLength = RenditionWriter.NeedsFresh(_pen, pen) ? int.MaxValue : RenditionWriter.WriteChange(_pen, pen, change);
        _sink.Add(changeLength < freshLength ? change[..changeLength] : fresh[..freshLength]);
        _pen = pen;
    }

    /// <summary>What is printed leads there from now on; 0 for nowhere. No diff begins or ends within a link.</summary>
    public void SetLink(ushort link)
    {
        if (link == _link)
            return;
        _link = link;
        ReadOnlySpan<byte> text = _to.Memory.Links[link];
        _sink.Add("\e]8;"u8);
        if (text.IsEmpty)
            _sink.Add((byte)';');
        _sink.Add(text);

        // Not ST: to this emulator, as to stock's, its last byte is an escape sequence, after which no wrap is pending.
        _sink.Add((byte)'\a');
    }

    /// <summary>DECSCUSR.</summary>
    public void CursorShape(int shape)
    {
        _sink.Add("\e["u8);
        _sink.AddNumber(shape);
        _sink.Add(" q"u8);
    }

    /// <summary>The background becomes this one, whatever the rest: what an erasure needs.</summary>
    public void SetBackground(Color background)
    {
        if (_pen.Background != background)
            SetPen(new Rendition(default, background, CellFlags.None));
    }

    /// <summary>Prints the visible cell at the cursor. In the last column, and after a disputed width, the cursor is unknown then.</summary>
    /// <param name="row">Row of the cell, where the cursor is.</param>
    /// <param name="column">Column of the cell, where the cursor is.</param>
    /// <param name="mayHoldText">True when the terminal's cell may hold something that a character which it can't print would leave there.</param>
    public void Print(int row, int column, bool mayHoldText)
    {
        Cell cell = Framebuffer.Look(_to.Row(row)[column], column == _columns - 1, IsFull);
        SetPen(cell.FullRendition);
        SetLink(cell.Link);
        if (cell.Text < 0x80)
        {
            _sink.Add(cell.IsBlank ? (byte)' ' : (byte)cell.Text);
            Advance(1);
            return;
        }

        Span<byte> text = stackalloc byte[TextTable.MaxLength];
        text = text[.._to.CopyText(cell, text)];
        bool disputed = cell.IsInterned || cell.IsFallback ? IsDisputed(text) : CharacterWidth.IsDisputed((int)cell.Text);
        int width = cell.IsWide ? 2 : 1;
        if (disputed && mayHoldText)
            EraseUnder(row, column, width);
        if (cell.IsFallback)
            _sink.Add("\u00a0"u8);
        _sink.Add(text);
        if (disputed)
            Lost();
        else
            Advance(width);
    }

    /// <summary>Blanks cells by spaces if these are as good and not longer, else by ECH; the cursor is at the first one.</summary>
    public void Blank(int row, int column, int count, Color background)
    {
        const int LongestRunOfSpaces = 6;
        Rendition plain = new(default, background, CellFlags.None);
        bool mustPrint = (_abilities & TerminalAbilities.EraseCharacters) == 0 || !CanEraseTo(background);
        if (mustPrint || (count <= LongestRunOfSpaces && (_pen == plain || _pen.Background != background) && column + count < _columns))
        {
            SetPen(plain);
            SetLink(0);
            _sink.AddRepeated((byte)' ', count);
            if (column + count < _columns)
                At(row, column + count);
            else
                AfterLastColumn();
            return;
        }

        SetBackground(background);
        Sequence(count, (byte)'X'); // ECH
    }

    /// <summary>Erases the screen and homes the cursor.</summary>
    public void Clear(Color background)
    {
        SetBackground(background);
        _sink.Add("\e[H\e[2J"u8); // CUP, ED
        At(0, 0);
    }

    /// <summary>Scrolls the whole screen up; the cursor is in the last row and stays in its column.</summary>
    public void LineFeedAtBottom(int count)
    {
        _sink.AddRepeated((byte)'\n', count);
        _mayPrint = _column != Unknown;
    }

    /// <summary>The position and the rendition, to come back to.</summary>
    public readonly Mark Save() => new(_sink.Length, _row, _column, _mayPrint, _pen, _link);

    /// <summary>Forgets what was written since.</summary>
    public void Restore(Mark mark)
    {
        _sink.Truncate(mark.Length);
        Resume(mark);
    }

    /// <summary>What was written since then leads to the same position and rendition.</summary>
    public void Resume(Mark mark)
    {
        _row = mark.Row;
        _column = mark.Column;
        _mayPrint = mark.MayPrint;
        _pen = mark.Pen;
        _link = mark.Link;
    }

    /// <summary>Where the cursor is, when <see cref="IsInTail"/> says that this is known.</summary>
    public readonly int Column => _column;

    /// <summary>True when the cursor may erase from where it is: in a row, between two columns inclusive.</summary>
    public readonly bool IsInTail(int row, int first, int last) =>
        _row == row && _mayPrint && _column >= first && _column <= last;

    /// <summary>True when a character was just printed in the last column of a row.</summary>
    public readonly bool IsPendingWrapIn(int row) => _row == row && _column == Unknown;

    /// <summary>Nothing is known but the rendition.</summary>
    public void Lose(Rendition pen)
    {
        Lost();
        _pen = pen;
    }

    /// <summary>Where the cursor is, by a sequence that the caller wrote; it may print there.</summary>
    public void At(int row, int column)
    {
        _row = row;
        _column = column;
        _mayPrint = true;
    }

    /// <summary>Where the cursor is, is not known any more.</summary>
    public void Lost()
    {
        _row = _column = Unknown;
        _mayPrint = false;
    }

    /// <summary>True when the cursor is known to be in a row.</summary>
    public readonly bool IsInRow(int row) => _row == row;

    /// <summary>The row went on: the character printed last went to the start of the next one.</summary>
    public void WrappedTo(int row, int width)
    {
        if (width < _columns)
            At(row, width);
        else
            Lost();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int width)
    {
        if (_column == Unknown)
            return;
        _column += width;
        if (_column >= _columns)
            AfterLastColumn();
    }

    /// <summary>A wrap is pending now: only CR and absolute movements lead on from here.</summary>
    private void AfterLastColumn()
    {
        _column = Unknown;
        _mayPrint = false;
    }

    /// <summary>Empties the cells of a character that the terminal might not print.</summary>
    private void EraseUnder(int row, int column, int width)
    {
        if ((_abilities & TerminalAbilities.EraseCharacters) != 0)
        {
            Sequence(width, (byte)'X'); // ECH
        }
        else if (column + width < _columns)
        {
            SetLink(0);
            _sink.AddRepeated((byte)' ', width);
            Position(row, column);
        }
    }

    private readonly bool CanRewrite(ReadOnlySpan<Cell> cells)
    {
        foreach (Cell cell in cells)
        {
            if (cell.Text is < 0x20 or > 0x7e || (IsFull ? cell.FullRendition : cell.Rendition) != _pen || (IsFull ? cell.Link : 0) != _link)
                return false;
        }

        return true;
    }

    private static bool IsDisputed(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out Rune rune, out int length) == OperationStatus.Done)
        {
            if (CharacterWidth.IsDisputed(rune.Value))
                return true;
            text = text[length..];
        }

        return false;
    }

    private static int Digits(int value) => value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : 4;

    private static int PositionLength(int row, int column) =>
        3 + (row == 0 ? 0 : Digits(row + 1)) + (column == 0 ? 0 : 1 + Digits(column + 1));

    private void Position(int row, int column)
    {
        _sink.Add("\e["u8);
        if (row != 0)
            _sink.AddNumber(row + 1);
        if (column != 0)
        {
            _sink.Add((byte)';');
            _sink.AddNumber(column + 1);
        }

        _sink.Add((byte)'H'); // CUP
        At(row, column);
    }

    private static int CountedLength(int count) => count == 1 ? 3 : 3 + Digits(count);

    private readonly int VerticalLength(int row)
    {
        int down = row - _row;
        return down switch
        {
            0 => 0,
            > 0 => Math.Min(down, Math.Min(CountedLength(down), 3 + Digits(row + 1))),
            -1 => 2,
            _ => Math.Min(CountedLength(-down), 3 + Digits(row + 1)),
        };
    }

    private void Vertical(int row)
    {
        int down = row - _row;
        if (down == 0)
            return;

        int length = VerticalLength(row);
        if (down > 0 && length == down)
            _sink.AddRepeated((byte)'\n', down); // never at the bottom: the target is on the screen
        else if (down == -1)
            _sink.Add("\eM"u8); // RI, never at the top
        else if (length == CountedLength(Math.Abs(down)))
            Sequence(Math.Abs(down), down > 0 ? (byte)'B' : (byte)'A'); // CUD, CUU
        else
            Sequence(row + 1, (byte)'d'); // VPA
    }

    private static int HorizontalLength(int from, int to)
    {
        int right = to - from;
        return right switch
        {
            0 => 0,
            > 0 => Math.Min(CountedLength(right), 3 + Digits(to + 1)),
            _ => Math.Min(to == 0 ? 1 : int.MaxValue, Math.Min(-right, Math.Min(CountedLength(-right), 3 + Digits(to + 1)))),
        };
    }

    private void Horizontal(int column)
    {
        int right = column - _column;
        if (right == 0)
            return;

        int length = HorizontalLength(_column, column);
        if (right < 0 && column == 0)
            _sink.Add((byte)'\r');
        else if (right < 0 && length == -right)
            _sink.AddRepeated((byte)'\b', -right);
        else if (length == CountedLength(Math.Abs(right)))
            Sequence(Math.Abs(right), right > 0 ? (byte)'C' : (byte)'D'); // CUF, CUB
        else
            Sequence(column + 1, (byte)'G'); // CHA
    }
}
