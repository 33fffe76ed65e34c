using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>From guesses to the screen.</summary>
internal sealed partial class PredictionEngine
{
    /// <summary>Lays what is shown of the guesses over a server frame, which has just been culled by and which nobody else writes to.</summary>
    public void DrawOn(Framebuffer frame)
    {
        if (!IsShowing || !IsAnyPending || frame.Columns != _columns || frame.Rows != _rows)
            return;

        FrameEditor editor = new(frame);
        foreach (CursorPrediction cursor in _cursors)
        {
            if (!IsTentative(cursor.Epoch))
                editor.MoveCursor(cursor.Row, cursor.Column);
        }

        for (int row = 0; row < _rows; row++)
        {
            if (_isTouched[row])
                DrawRow(row, frame, editor);
        }
    }

    private void DrawRow(int row, Framebuffer frame, FrameEditor editor)
    {
        Span<byte> text = stackalloc byte[64];
        ReadOnlySpan<CellPrediction> cells = _cells[row];
        for (int column = 0; column < cells.Length; column++)
        {
            ref readonly CellPrediction cell = ref cells[column];
            if (!cell.IsActive || IsTentative(cell.Epoch))
                continue;

            Cell seen = frame.Row(row)[column];
            if (cell.IsUnknown)
            {
                if (_link.Underlines && column < cells.Length - 1 && !seen.IsBlankLike)
                    editor.Put(row, column, Underlined(seen));
                continue;
            }

            Cell replacement = cell.Replacement;
            if (replacement.IsCluster && frame.CopyText(replacement, text) == 0)
                continue; // No frame holds its text any more.
            if (seen.HasSameText(replacement) && seen.Rendition == replacement.Rendition && seen.IsWide == replacement.IsWide)
                continue;
            bool isUnderlined = _link.Underlines && !(seen.IsBlankLike && replacement.IsBlankLike);
            editor.Put(row, column, isUnderlined ? Underlined(replacement) : replacement);
        }
    }

    private static Cell Underlined(Cell cell)
    {
        // A blank has nothing but a background; an underlined one is a space.
        Rendition rendition = cell.Rendition;
        rendition = rendition with { Attributes = rendition.Attributes | CellFlags.Underline };
        return cell.IsBlank ? Cell.Of(' ', rendition) : cell.With(rendition);
    }
}
