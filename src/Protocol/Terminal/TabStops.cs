using System.Numerics;
using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Which columns the tabulator stops at; every eighth from the start.</summary>
internal sealed class TabStops
{
    // In a snapshot: as at the start; others, but new columns get theirs; others, and new columns get none.
    private const byte Regular = 0;
    private const byte Changed = 1;
    private const byte Cleared = 2;

    private ulong[] _stops = [];
    private int _columns;

    // Until all stops are cleared, columns that a resize adds get stops too.
    private bool _default;

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

    internal void WriteContent(ref SnapshotWriter to)
    {
        bool isRegular = _default;
        for (int column = 0; column < _columns && isRegular; column++)
            isRegular = IsSet(column) == (column % 8 == 0);
        to.Byte(isRegular ? Regular : _default ? Changed : Cleared);
        for (int at = 0; at < _columns && !isRegular; at += 8)
            to.Byte((byte)(_stops[at >> 6] >> (at & 63)));
    }

    internal void ReadContent(ref SnapshotReader from, int columns)
    {
        byte kind = from.Byte();
        from.Require(kind <= Cleared);
        Reset(columns);
        if (kind == Regular)
            return;

        _default = kind == Changed;
        for (int at = 0; at < columns; at += 8)
        {
            int stops = from.Byte();
            for (int column = at; column < at + 8 && column < columns; column++)
                Set(column, (stops >> (column - at) & 1) != 0);
        }
    }
}
