using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>What one place of the screen will hold once the server has seen the keys up to <see cref="Due"/>.</summary>
internal struct CellPrediction
{
    public bool IsActive;

    /// <summary>Something will be here, but it is not known what.</summary>
    public bool IsUnknown;

    /// <summary>Shown, but neither confirms nor refutes: a mark that combines with it was typed since.</summary>
    public bool IsUnjudged;

    /// <summary>Here because the rest of the line moves, not because it was typed.</summary>
    public bool IsShift;
    public ulong Due;
    public ulong Epoch;
    public MonoTime Made;
    public Cell Replacement;
    private Cell[]? _originals;
    private int _originalCount;

    /// <summary>Puts the old prediction among the originals, if it was one, and begins a new one.</summary>
    public void Stash()
    {
        if (IsActive && !IsUnknown)
            AddOriginal(Replacement);
        else
            _originalCount = 0;
        IsActive = IsUnknown = IsUnjudged = IsShift = false;
    }

    /// <summary>Contents that this place had, or was predicted to have: seeing them again proves nothing.</summary>
    public void AddOriginal(Cell cell)
    {
        if (HadOriginally(cell))
            return;
        _originals ??= new Cell[4];
        if (_originalCount == _originals.Length)
            Array.Resize(ref _originals, 2 * _originalCount);
        _originals[_originalCount++] = cell;
    }

    public readonly bool HadOriginally(Cell cell)
    {
        for (int i = 0; i < _originalCount; i++)
        {
            if (_originals![i].HasSameText(cell))
                return true;
        }

        return false;
    }

    public void Remove()
    {
        IsActive = IsUnknown = IsUnjudged = IsShift = false;
        _originalCount = 0;
    }
}
