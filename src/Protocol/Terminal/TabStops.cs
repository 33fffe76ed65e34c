using System.Numerics;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Which columns the tabulator stops at; every eighth from the start.</summary>
internal sealed class TabStops
{
    private ulong[] _stops = [];
    private int _columns;
    private bool _default;

    /// <summary>True until all stops were cleared: then columns that a resize adds get stops too.</summary>
    internal bool IsDefault => _default;

    internal void Reset(int columns)
    {
        _columns = 0;
        _default = true;
        Resize(columns);
    }

    internal void Resize(int columns)
    {
        int words = (columns + 63) / 64;
        if (_stops.Length < words)
            Array.Resize(ref _stops, words);
        for (int column = Math.Min(_columns, columns); column < _stops.Length * 64; column++)
            Set(column, _default && column < columns && column % 8 == 0);
        _columns = columns;
    }

    internal void Set(int column, bool stop)
    {
        ulong bit = 1UL << (column & 63);
        if (stop)
            _stops[column >> 6] |= bit;
        else
            _stops[column >> 6] &= ~bit;
    }

    internal bool IsSet(int column) => (_stops[column >> 6] & (1UL << (column & 63))) != 0;

    internal void ClearAll()
    {
        Array.Clear(_stops);
        _default = false;
    }

    /// <summary>The first stop right of a column, or the last column.</summary>
    internal int Next(int column)
    {
        for (int at = column + 1; at < _columns; at = (at | 63) + 1)
        {
            ulong stops = _stops[at >> 6] >> (at & 63);
            if (stops != 0)
                return Math.Min(at + BitOperations.TrailingZeroCount(stops), _columns - 1);
        }

        return _columns - 1;
    }

    /// <summary>The first stop left of a column, or column 0.</summary>
    internal int Previous(int column)
    {
        for (int at = column - 1; at > 0; at--)
        {
            if (IsSet(at))
                return at;
        }

        return 0;
    }

    internal void CopyFrom(TabStops other)
    {
        if (_stops.Length != other._stops.Length)
            _stops = new ulong[other._stops.Length];
        other._stops.CopyTo(_stops.AsSpan());
        _columns = other._columns;
        _default = other._default;
    }

    /// <summary>For a restored snapshot: the flag alone, the stops are set one by one.</summary>
    internal void Restore(int columns, bool isDefault)
    {
        _columns = 0;
        _default = false;
        Resize(columns);
        _default = isDefault;
    }
}
