using System.Runtime.InteropServices;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>From keys to guesses.</summary>
internal sealed partial class PredictionEngine
{
    private readonly KeysInFlight _flight = new();

    // Of the key that is being guessed.
    private MonoTime _now;
    private ulong _due;

    private int _serverRow;
    private int _serverColumn;

    // Where the server left the cursor when it had done all that was guessed; unknown after a wrong guess.
    private (int Row, int Column)? _home;

    // The places that the cursor passes on the way to where it is guessed to be.
    private (int Top, int Left, int Bottom, int Right) _trail;

    // The first column that was typed on in the present line: what is left of it is a prompt, which no key changes.
    private (int Row, int Column)? _typedFrom;

    // A row in which the rest of the line was found not to move.
    private int _staysRow = -1;

    /// <summary>Guesses what keys will do.</summary>
    /// <param name="now">The present.</param>
    /// <param name="typed">What one read of the keyboard gave.</param>
    /// <param name="view">The server's screen with the guesses shown so far, without bar.</param>
    public void Type(MonoTime now, ReadOnlySpan<byte> typed, Framebuffer view)
    {
        if (_mode == PredictionMode.Never)
            return;
        _counts.Keys += typed.Length;
        if (typed.Length > LongestTyped || view.Columns != _columns || view.Rows != _rows)
        {
            Reset();
            _flight.AddUnknown(_newestSent + 1);
            return;
        }

        foreach (byte key in typed)
        {
            TypedKey what = _keys.Next(key, out int codePoint);
            if (what == TypedKey.None)
                continue;
            KeyInFlight one = new(what, codePoint, _newestSent + 1, now);
            _flight.Add(one);
            Guess(one, view);
        }
    }

    private void Guess(KeyInFlight key, Framebuffer view)
    {
        (_due, _now) = (key.Due, key.TypedAt);
        if (_mode == PredictionMode.Experimental)
            _epoch = _confirmedEpoch;
        switch (key.What)
        {
            case TypedKey.Character:
                OnCharacter(key.CodePoint, view);
                break;
            case TypedKey.Backspace:
                OnBackspace(view);
                break;
            case TypedKey.Enter:
                BecomeTentative();
                _typedFrom = null;
                NewLine(view);
                break;
            case TypedKey.Left:
                OnLeft(view);
                break;
            case TypedKey.Right:
                OnRightArrow(view);
                break;
            default:
                BecomeTentative();
                _typedFrom = null;
                break;
        }
    }

    /// <summary>Guesses anew, from the server's own screen, what the keys will do that it has not seen yet.</summary>
    private void Rebase(MonoTime now, Framebuffer frame, ulong echoAck)
    {
        if (_mode == PredictionMode.Experimental || !_flight.IsWhole(echoAck))
            return;

        // An echo-ack comes 50 ms after the echo: keys older than a round trip may be on the screen already.
        ReadOnlySpan<KeyInFlight> keys = _flight.Keys;
        int shown = 0;
        for (int i = keys.Length - 1; i >= 0 && shown == 0; i--)
        {
            if (now.Since(keys[i].TypedAt) > 2 * _frameInterval)
            {
                if (IsLeftOfCursor(frame, keys[i]))
                    shown = i + 1;
                break;
            }
        }

        foreach (KeyInFlight key in keys[shown..])
            Guess(key, frame);
    }

    private static bool IsLeftOfCursor(Framebuffer frame, KeyInFlight key)
    {
        if (key.What != TypedKey.Character || key.CodePoint == ' ')
            return false;
        Cell cell = Cell.Of(key.CodePoint, default);
        int column = frame.CursorColumn - (cell.IsWide ? 2 : 1);
        return column >= 0 && frame.Row(frame.CursorRow)[column].HasSameText(cell);
    }

    private ref CursorPrediction Cursor => ref CollectionsMarshal.AsSpan(_cursors)[^1];

    private Span<CellPrediction> Cells(int row)
    {
        _isTouched[row] = true;
        return _cells[row] ??= new CellPrediction[_columns];
    }

    private void ForgetLine()
    {
        _home = null;
        _typedFrom = null;
        _staysRow = -1;
    }

    private void EnsureCursor(Framebuffer view)
    {
        if (_cursors.Count == 0)
        {
            _cursors.Add(new CursorPrediction(view.CursorRow, view.CursorColumn, _due, _epoch));
            _trail = (view.CursorRow, view.CursorColumn, view.CursorRow, view.CursorColumn);
        }
        else if (Cursor.Epoch != _epoch)
        {
            _cursors.Add(Cursor with { Epoch = _epoch, Due = _due });
        }
    }

    private void MoveTo(int row, int column)
    {
        ref CursorPrediction cursor = ref Cursor;
        (cursor.Row, cursor.Column, cursor.Due) = (row, column, _due);
        Extend(row, column);
    }

    private void Extend(int row, int column) => _trail =
        (Math.Min(_trail.Top, row), Math.Min(_trail.Left, column), Math.Max(_trail.Bottom, row), Math.Max(_trail.Right, column));

    /// <summary>
    /// When the server moved the cursor by itself, a program asks something new: what is typed is hidden until the server has echoed there. A password must
    /// not be shown because the letter before it was.
    /// </summary>
    private void CheckLine()
    {
        if (_cursors.Count > 0)
        {
            if (_serverRow < _trail.Top || _serverRow > _trail.Bottom || _serverColumn < _trail.Left || _serverColumn > _trail.Right)
            {
                BecomeTentative();
                Extend(_serverRow, _serverColumn);
            }
        }
        else if (_home is { } home && home != (_serverRow, _serverColumn))
        {
            BecomeTentative();
            _home = (_serverRow, _serverColumn);
            _typedFrom = null;
        }
    }

    private void OnCharacter(int codePoint, Framebuffer view)
    {
        CheckLine();
        int width = CharacterWidth.Of(codePoint);
        if (width == 0)
        {
            JoinLeft();
            return;
        }

        if (width < 0)
        {
            BecomeTentative();
            return;
        }

        EnsureCursor(view);
        (int row, int column) = (Cursor.Row, Cursor.Column);
        if (PasswordPrompt.IsBefore(view, row, column))
        {
            // Not even a hidden guess: it could only be confirmed by an accident.
            BecomeTentative();
            return;
        }

        if (column + width > _columns)
        {
            BecomeTentative();
            return;
        }

        Insert(codePoint, width, row, column, view);
        if (_typedFrom is not { } from || from.Row != row || from.Column > column)
            _typedFrom = (row, column);
        if (!IsTentative(_epoch) && IsShowing)
            _counts.Shown++;
        if (column + width < _columns)
        {
            MoveTo(row, column + width);
        }
        else
        {
            MoveTo(row, column);
            BecomeTentative();
            NewLine(view);
        }
    }

    private void Insert(int codePoint, int width, int row, int column, Framebuffer view)
    {
        // Some programs wrap here and some do not.
        if (column + width == _columns)
            BecomeTentative();
        Span<CellPrediction> cells = Cells(row);
        ReadOnlySpan<Cell> shown = view.Row(row);
        if (!_overwrites && _staysRow != row)
        {
            for (int at = _columns - 1; at >= column + width; at--)
                Take(cells, shown, at, at == _columns - 1 ? -1 : at - width);
        }

        Rendition rendition = column == 0 ? view.Rendition : LeftRendition(cells, shown, column);
        Guess(ref cells[column], shown[column], Cell.Of(codePoint, rendition));
        if (width == 2)
            Guess(ref cells[column + 1], shown[column + 1], Cell.Empty(rendition.Background));
    }

    private static Rendition LeftRendition(ReadOnlySpan<CellPrediction> cells, ReadOnlySpan<Cell> shown, int column)
    {
        int left = column - 1;
        if (left > 0 && ContentOf(cells, shown, left - 1).IsWide)
            left--;
        return ContentOf(cells, shown, left).Rendition;
    }

    private static Cell ContentOf(ReadOnlySpan<CellPrediction> cells, ReadOnlySpan<Cell> shown, int column) =>
        cells[column].IsActive && !cells[column].IsUnknown ? cells[column].Replacement : shown[column];

    /// <summary>A place takes over what another place of its row holds; -1: nobody knows what it will hold.</summary>
    private void Take(Span<CellPrediction> cells, ReadOnlySpan<Cell> shown, int at, int source)
    {
        bool isUnknown = source < 0 || (cells[source].IsActive && cells[source].IsUnknown);
        Cell content = isUnknown ? default : ContentOf(cells, shown, source);
        ref CellPrediction cell = ref cells[at];
        Guess(ref cell, shown[at], content);
        cell.IsUnknown = isUnknown;
        cell.IsShift = true;
    }

    private void Guess(ref CellPrediction cell, Cell shown, Cell replacement)
    {
        if (!cell.IsActive)
            _active++;
        cell.Stash();
        cell.AddOriginal(shown);
        cell.IsActive = true;
        cell.Replacement = replacement;
        cell.Due = _due;
        cell.Epoch = _epoch;
        cell.Made = _now;
    }

    /// <summary>A combining mark: the character before it will look otherwise, and nothing moves.</summary>
    private void JoinLeft()
    {
        if (_cursors.Count > 0 && Cursor.Column > 0 && _cells[Cursor.Row] is { } cells)
        {
            int left = Cursor.Column - 1;
            if (left > 0 && cells[left - 1].IsActive && cells[left - 1].Replacement.IsWide)
                left--;
            ref CellPrediction cell = ref cells[left];
            if (cell.IsActive)
            {
                cell.IsUnjudged = true;
                cell.Due = _due;
            }
        }

        BecomeTentative();
    }

    private void OnBackspace(Framebuffer view)
    {
        CheckLine();
        EnsureCursor(view);
        (int row, int column) = (Cursor.Row, Cursor.Column);
        if (column == 0)
            return;
        Span<CellPrediction> cells = Cells(row);
        ReadOnlySpan<Cell> shown = view.Row(row);
        int width = column > 1 && ContentOf(cells, shown, column - 2).IsWide ? 2 : 1;
        int at = column - width;
        if (ContentOf(cells, shown, at).IsCluster || (cells[at].IsActive && cells[at].IsUnjudged))
        {
            // One key takes the mark alone, or all: programs differ.
            BecomeTentative();
            return;
        }

        if (_typedFrom is not { } from || from.Row != row || at < from.Column)
        {
            // What was not typed here may be a prompt, which stays.
            BecomeTentative();
            EnsureCursor(view);
        }

        if (_overwrites)
        {
            Guess(ref cells[at], shown[at], Cell.Of(' ', shown[at].Rendition));
        }
        else if (_staysRow == row)
        {
            Guess(ref cells[at], shown[at], default);
            cells[at].IsUnknown = true;
        }
        else
        {
            for (int place = at; place < _columns; place++)
                Take(cells, shown, place, place < _columns - 1 - width ? place + width : -1);
        }

        if (!IsTentative(_epoch) && IsShowing)
            _counts.Shown++;
        MoveTo(row, at);
    }

    private void OnLeft(Framebuffer view)
    {
        CheckLine();
        EnsureCursor(view);
        (int row, int column) = (Cursor.Row, Cursor.Column);
        if (column == 0)
            return;
        if (_typedFrom is { } from && from.Row == row && column <= from.Column)
        {
            // Into a prompt no cursor goes.
            BecomeTentative();
            return;
        }

        if (_staysRow == row)
            _staysRow = -1;
        ReadOnlySpan<Cell> shown = view.Row(row);
        Span<CellPrediction> cells = Cells(row);
        MoveTo(row, column - (column > 1 && ContentOf(cells, shown, column - 2).IsWide ? 2 : 1));
    }

    private void OnRightArrow(Framebuffer view)
    {
        CheckLine();
        EnsureCursor(view);
        (int row, int column) = (Cursor.Row, Cursor.Column);
        Span<CellPrediction> cells = Cells(row);
        ReadOnlySpan<Cell> shown = view.Row(row);
        bool isAtEnd = true;
        for (int at = column; at < _columns && isAtEnd; at++)
            isAtEnd = ContentOf(cells, shown, at).IsBlankLike;
        int width = ContentOf(cells, shown, column).IsWide ? 2 : 1;
        if (isAtEnd || column + width >= _columns)
        {
            // Behind the end of a line no cursor goes.
            BecomeTentative();
            return;
        }

        MoveTo(row, column + width);
    }

    private void NewLine(Framebuffer view)
    {
        EnsureCursor(view);
        int row = Cursor.Row;
        _staysRow = -1;
        if (row < _rows - 1)
        {
            // What stands there now will move away or be overwritten.
            _staysRow = row + 1;
            MoveTo(row + 1, 0);
            return;
        }

        // The screen will scroll; that is not guessed, only that a new row comes.
        MoveTo(row, 0);
        Span<CellPrediction> cells = Cells(row);
        ReadOnlySpan<Cell> shown = view.Row(row);
        for (int column = 0; column < _columns; column++)
            Guess(ref cells[column], shown[column], default);
    }
}
