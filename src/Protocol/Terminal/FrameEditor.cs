namespace MoshBroker.Protocol.Terminal;

/// <summary>Changes a frame by hand: for what a client lays over the server's screen, on a <see cref="Framebuffer.Snapshot"/> that nobody else reads meanwhile.</summary>
/// <remarks>Cells come from frames of the same session, or from <see cref="Cell.Of"/>.</remarks>
public readonly ref struct FrameEditor
{
    private readonly Framebuffer _frame;

    /// <summary>Begins to change a frame.</summary>
    public FrameEditor(Framebuffer frame)
    {
        _frame = frame;
        frame.Touch();
    }

    /// <summary>Puts a cell into a place; whether the row goes on in the next one stays as it is.</summary>
    public void Put(int row, int column, Cell cell)
    {
        ref Cell place = ref _frame.WritableRow(row)[column];
        cell.CellFlags = (cell.CellFlags & ~CellFlags.Wrap) | (place.CellFlags & CellFlags.Wrap);
        place = cell;
    }

    /// <summary>The row ends where it ends: it does not go on in the next one.</summary>
    public void EndRow(int row) => _frame.WritableRow(row)[^1].CellFlags &= ~CellFlags.Wrap;

    /// <summary>Moves the cursor to a place on the screen.</summary>
    public void MoveCursor(int row, int column)
    {
        _frame.State.CursorRow = Math.Clamp(row, 0, _frame.Rows - 1);
        _frame.State.CursorColumn = Math.Clamp(column, 0, _frame.Columns - 1);
    }

    /// <summary>Hides the cursor.</summary>
    public void HideCursor() => _frame.State.CursorVisible = false;

    /// <summary>Sets the window title: UTF-8 without control characters.</summary>
    public void SetTitle(ReadOnlySpan<byte> title) => _frame.SetTitle(title);

    /// <summary>Sets the icon name: UTF-8 without control characters.</summary>
    public void SetIconName(ReadOnlySpan<byte> name) => _frame.SetIconName(name);
}
