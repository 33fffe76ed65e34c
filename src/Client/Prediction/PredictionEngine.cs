using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>
/// Guesses what the server will make of the keys typed, shows the guesses while they are likely to be right, and takes them back within one frame of
/// the evidence. Pure: time, keys and frames are arguments.
/// </summary>
/// <remarks>
/// A guess made now is judged once the server's echo-ack reaches the state that the key travels in. Guesses belong to epochs; those of an epoch are hidden
/// until one of them was confirmed by a character that was not there before, so that nothing is shown where the server does not echo. What can't be guessed
/// (a control character, another line) begins a new epoch. Once the server has done it, and after every wrong guess, the keys that are still under way
/// are guessed anew from where the server's cursor really is.
/// </remarks>
internal sealed partial class PredictionEngine
{
    /// <summary>More in one read is a paste, which is not predicted.</summary>
    public const int LongestTyped = 100;

    /// <summary>How often pending guesses are looked at while nothing happens, in ms.</summary>
    public const long LookEvery = 50;

    // After a wrong guess was seen, an epoch must be confirmed so many times more before it is shown: full-screen programs take keys as commands.
    private const int MostCaution = 2;
    private const int RightsPerCaution = 20;

    private readonly PredictionMode _mode;
    private readonly bool _overwrites;
    private readonly LinkSpeed _link = new();
    private readonly List<CursorPrediction> _cursors = [];
    private KeyReader _keys;
    private CellPrediction[]?[] _cells = [];
    private bool[] _isTouched = [];
    private int _columns;
    private int _rows;
    private ulong _epoch = 1;
    private ulong _confirmedEpoch;
    private ulong _newestSent;
    private long _frameInterval = 250;
    private int _active;
    private int _caution;
    private int _rightsInRow;
    private ulong _creditEpoch;
    private int _credits;
    private bool _isRebaseDue;

    /// <param name="mode">When guesses are shown.</param>
    /// <param name="overwrites">True when typing replaces what is there instead of moving it.</param>
    public PredictionEngine(PredictionMode mode, bool overwrites)
    {
        _mode = mode;
        _overwrites = overwrites;
    }

    private PredictionCounts _counts;

    public PredictionCounts Counts => _counts;

    /// <summary>True when guesses that are not hidden are drawn.</summary>
    public bool IsShowing => _mode switch
    {
        PredictionMode.Never => false,
        PredictionMode.Adaptive => _link.IsSlow || _link.Glitches > 0,
        _ => true,
    };

    /// <summary>True when drawn guesses are underlined.</summary>
    public bool Underlines => _link.Underlines;

    public int Glitches => _link.Glitches;

    /// <summary>True while something is guessed and not judged.</summary>
    public bool IsAnyPending => _active > 0 || _cursors.Count > 0;

    /// <summary>When <see cref="Cull"/> must be called though nothing happens: keys that stay unanswered change what is shown.</summary>
    public MonoTime NextLook(MonoTime now) =>
        _mode != PredictionMode.Never && IsAnyPending && !(_link.Glitches > 0 && _link.Underlines) ? now.Plus(LookEvery) : MonoTime.Forever;

    /// <summary>What the transport knows.</summary>
    /// <param name="newestSent">Number of the newest state sent: keys typed now travel in a later one.</param>
    /// <param name="frameInterval">Half the round trip, 20 to 250 ms.</param>
    public void OnLink(ulong newestSent, long frameInterval)
    {
        _newestSent = newestSent;
        _frameInterval = frameInterval;
    }

    /// <summary>Takes all guesses back, and hides the next ones until one is confirmed.</summary>
    public void Reset()
    {
        _isRebaseDue = true;
        _cursors.Clear();
        for (int row = 0; row < _isTouched.Length; row++)
        {
            if (!_isTouched[row])
                continue;
            foreach (ref CellPrediction cell in _cells[row].AsSpan())
                cell.Remove();
            _isTouched[row] = false;
        }

        _active = 0;
        ForgetLine();
        BecomeTentative();
    }

    /// <summary>Judges the guesses by a server frame.</summary>
    /// <param name="now">The present.</param>
    /// <param name="frame">The newest server frame.</param>
    /// <param name="echoAck">Newest state of ours whose effects it shows.</param>
    public void Cull(MonoTime now, Framebuffer frame, ulong echoAck)
    {
        if (_mode == PredictionMode.Never)
            return;
        if (frame.Columns != _columns || frame.Rows != _rows)
        {
            (_columns, _rows) = (frame.Columns, frame.Rows);
            Reset();
            _cells = new CellPrediction[_rows][];
            _isTouched = new bool[_rows];
        }

        (_serverRow, _serverColumn) = (frame.CursorRow, frame.CursorColumn);
        _link.Update(_frameInterval, IsAnyPending);
        _isRebaseDue = false;
        bool goesOn = true;
        for (int row = 0; row < _rows && goesOn; row++)
        {
            if (_isTouched[row])
                goesOn = CullRow(now, row, frame, echoAck);
        }

        if (goesOn)
            CullCursors(frame, echoAck);
        _flight.Acknowledge(echoAck, out bool isUnknownDone);
        if (isUnknownDone && !_isRebaseDue && _mode != PredictionMode.Experimental)
            Reset();
        if (_isRebaseDue)
            Rebase(now, frame, echoAck);
    }

    private static bool Matches(Cell seen, ref CellPrediction cell) => seen.HasSameText(cell.Replacement);

    private bool IsTentative(ulong epoch) => epoch > _confirmedEpoch;

    private void BecomeTentative()
    {
        if (_mode != PredictionMode.Experimental)
            _epoch++;
    }

    /// <summary>False when all guesses were taken back.</summary>
    private bool CullRow(MonoTime now, int row, Framebuffer frame, ulong echoAck)
    {
        Span<CellPrediction> cells = _cells[row];
        ReadOnlySpan<Cell> seen = frame.Row(row);
        for (int column = 0; column < cells.Length; column++)
        {
            ref CellPrediction cell = ref cells[column];
            if (!cell.IsActive)
                continue;

            switch (Judge(ref cell, seen[column], echoAck))
            {
                case Verdict.Pending:
                    _link.OnPending(now.Since(cell.Made));
                    break;
                case Verdict.Right:
                    OnRight(now, cells[column..], seen[column].Rendition);
                    Remove(ref cell);
                    break;
                case Verdict.NoCredit:
                    Remove(ref cell);
                    break;
                case Verdict.Wrong when _mode == PredictionMode.Experimental:
                    OnWrong(isTentative: false);
                    Remove(ref cell);
                    break;
                case Verdict.Wrong when cell.IsShift:
                    // The character typed may be right all the same: the program does not move the rest of the line, or shows something of its own there.
                    if (!IsTentative(cell.Epoch) && IsShowing && !cell.Replacement.IsBlankLike)
                        _counts.WrongShown++;
                    RemoveShifts(cells);
                    _staysRow = row;
                    break;
                case Verdict.Wrong when IsTentative(cell.Epoch):
                    // What was guessed since is as doubtful, but nobody saw it.
                    OnWrong(isTentative: true);
                    Reset();
                    return false;
                case Verdict.Wrong:
                    OnWrong(isTentative: false);
                    Reset();
                    return false;
            }
        }

        _isTouched[row] = HasActive(cells);
        return true;
    }

    private static bool HasActive(ReadOnlySpan<CellPrediction> cells)
    {
        foreach (ref readonly CellPrediction cell in cells)
        {
            if (cell.IsActive)
                return true;
        }

        return false;
    }

    private Verdict Judge(ref CellPrediction cell, Cell seen, ulong echoAck)
    {
        bool isKnown = !cell.IsUnknown && !cell.IsUnjudged;
        if (echoAck < cell.Due)
        {
            // The server wrote something that was never expected here: a completion, a line of the history. The ack will only come later.
            bool isRefuted = isKnown && !IsTentative(cell.Epoch) && !Matches(seen, ref cell) && !cell.HadOriginally(seen);
            return isRefuted ? Verdict.Wrong : Verdict.Pending;
        }

        if (!isKnown || cell.Replacement.IsBlankLike)
            return Verdict.NoCredit;
        if (!Matches(seen, ref cell))
            return Verdict.Wrong;
        return cell.HadOriginally(seen) ? Verdict.NoCredit : Verdict.Right;
    }

    private void OnRight(MonoTime now, Span<CellPrediction> here, Rendition actual)
    {
        ref CellPrediction cell = ref here[0];
        _counts.Right++;
        _link.OnRight(now, now.Since(cell.Made));
        if (++_rightsInRow >= RightsPerCaution && _caution > 0)
        {
            _caution--;
            _rightsInRow = 0;
        }

        if (IsTentative(cell.Epoch))
        {
            if (cell.Epoch != _creditEpoch)
                (_creditEpoch, _credits) = (cell.Epoch, 0);
            if (++_credits > _caution)
                _confirmedEpoch = cell.Epoch;
        }

        // The program's colours, which could not be guessed, go on.
        foreach (ref CellPrediction right in here)
            right.Replacement = right.Replacement.With(actual);
    }

    private void OnWrong(bool isTentative)
    {
        if (isTentative)
        {
            _counts.WrongHidden++;
            return;
        }

        if (IsShowing)
            _counts.WrongShown++;
        _caution = Math.Min(_caution + 1, MostCaution);
        _rightsInRow = 0;
    }

    private void RemoveShifts(Span<CellPrediction> cells)
    {
        foreach (ref CellPrediction cell in cells)
        {
            if (cell.IsActive && cell.IsShift)
                Remove(ref cell);
        }
    }

    private void Remove(ref CellPrediction cell)
    {
        if (cell.IsActive)
            _active--;
        cell.Remove();
    }

    private void CullCursors(Framebuffer frame, ulong echoAck)
    {
        if (_cursors.Count == 0)
            return;
        CursorPrediction last = _cursors[^1];
        bool isThere = frame.CursorRow == last.Row && frame.CursorColumn == last.Column;
        if (last.Row >= _rows || last.Column >= _columns || (echoAck >= last.Due && !isThere))
        {
            bool isTentative = IsTentative(last.Epoch);
            OnWrong(isTentative);
            if (_mode == PredictionMode.Experimental)
                _cursors.Clear();
            else
                Reset();
            return;
        }

        if (echoAck >= last.Due)
        {
            _cursors.Clear();
            _home = (last.Row, last.Column);
            return;
        }

        // They only led here; the last one says where.
        int kept = 0;
        foreach (CursorPrediction cursor in _cursors)
        {
            if (echoAck < cursor.Due)
                kept++;
        }

        _cursors.RemoveRange(0, _cursors.Count - kept);
    }

    private enum Verdict
    {
        Pending,
        Right,
        NoCredit,
        Wrong,
    }
}
