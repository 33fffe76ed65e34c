namespace MoshBroker.Protocol.Terminal;

/// <summary>Kept rows, from the newest back; before the first <see cref="TryReadOlder"/> there is none. Valid until a row is added or cleared.</summary>
public ref struct ScrollbackReader
{
    private readonly Scrollback _rows;
    private int _left;
    private int _block;
    private int _at;
    private ReadOnlySpan<byte> _runs;

    internal ScrollbackReader(Scrollback rows)
    {
        _rows = rows;
        _left = rows.Count;
        _block = rows.NewestBlock;
        _at = _block < 0 ? 0 : rows.UsedOf(_block);
    }

    /// <summary>The row's text in UTF-8: a space for each blank, none at the end unless it is coloured or the row goes on.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>True when the row goes on in the next newer one.</summary>
    public bool Wraps { get; private set; }

    /// <summary>Goes to the next older row; false when there is none.</summary>
    public bool TryReadOlder()
    {
        if (_left == 0)
            return false;

        _left--;
        while (_at == 0)
            _at = _rows.UsedOf(--_block);
        _rows.ReadBefore(_block, ref _at, out ReadOnlySpan<byte> text, out _runs, out bool wraps);
        Text = text;
        Wraps = wraps;
        return true;
    }

    /// <summary>The next run of the row from its start; false at the end, after which the rest of the text is plain.</summary>
    public bool TryReadRun(out ScrollbackRun run)
    {
        run = default;
        if (_runs.IsEmpty)
            return false;
        run = ScrollbackRow.ReadRun(ref _runs);
        return true;
    }
}
