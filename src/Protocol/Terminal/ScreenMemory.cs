namespace MoshBroker.Protocol.Terminal;

/// <summary>What all frames of one session share: their rows, long texts, and a pool of frame objects.</summary>
/// <remarks>Not thread-safe: all frames of a session belong to its actor.</remarks>
internal sealed class ScreenMemory
{
    // As many frames as a sender keeps unacknowledged; more would only be held by a receiver, who keeps what it needs.
    private const int MaxPooledFrames = 32;

    private readonly List<CellStore> _stores = [];
    private readonly Stack<Framebuffer> _frames = [];
    private ulong _lastVersion;

    internal TextTable Texts { get; } = new();

    internal LinkTable Links { get; } = new();

    /// <summary>Bytes held by rows, texts and hyperlinks.</summary>
    internal int ByteSize
    {
        get
        {
            int sum = Texts.ByteSize + Links.ByteSize;
            foreach (CellStore store in _stores)
                sum += store.ByteSize;
            return sum;
        }
    }

    /// <summary>A number that no frame of this session has had: frames with the same version have the same content.</summary>
    internal ulong NextVersion() => ++_lastVersion;

    internal CellStore NewStore(int columns)
    {
        CellStore store = new(this, columns);
        _stores.Add(store);
        return store;
    }

    internal void Forget(CellStore store) => _stores.Remove(store);

    internal Framebuffer RentFrame() => _frames.TryPop(out Framebuffer? frame) ? frame : new Framebuffer(this);

    internal void ReturnFrame(Framebuffer frame)
    {
        if (_frames.Count < MaxPooledFrames)
            _frames.Push(frame);
    }

    /// <summary>The number of a text, as a cell holds it.</summary>
    internal uint Intern(ReadOnlySpan<byte> text)
    {
        if (Texts.IsDue)
        {
            Texts.BeginMark();
            foreach (CellStore store in _stores)
                store.MarkTexts(Texts);
            Texts.Sweep();
        }

        return Texts.Intern(text) | Cell.InternedBit;
    }

    /// <summary>The number of a hyperlink (parameters, semicolon, address), as a cell holds it; 0 when it is too long, or there are too many that cells still hold.</summary>
    internal ushort InternLink(ReadOnlySpan<byte> link)
    {
        if (Links.Find(link) is > 0 and int known)
            return (ushort)known;
        if (Links.IsFull(link))
        {
            Links.BeginMark();
            foreach (CellStore store in _stores)
                store.MarkLinks(Links);
            Links.Sweep();
        }

        return Links.Add(link);
    }

    /// <summary>Gives back what only a burst of output needed.</summary>
    internal void Trim()
    {
        foreach (CellStore store in _stores)
            store.Trim();
        while (_frames.Count > 2)
            _frames.Pop();
        _frames.TrimExcess();
    }
}
