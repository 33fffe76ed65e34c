using System.Buffers;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.States;

/// <summary>What a server synchronises to one client: the screen of a terminal, and how much of the client's input it shows.</summary>
/// <remarks>
/// One per channel; several may share a terminal. The live object follows its terminal, which others write to; its snapshots keep the frame of
/// their moment. A new one stands for state 0, a blank screen, until <see cref="Show"/>.
/// </remarks>
public sealed partial class ScreenState : ISyncState<ScreenState>
{
    private const byte ContentKind = (byte)'S';
    private const byte ContentVersion = 2;

    private readonly Emulator _terminal;
    private readonly Stack<ScreenState> _pool;

    // Of a snapshot: the frame it keeps. Of the live state: the view, when the client's window has another size than the terminal.
    private Framebuffer? _frame;
    private bool _isSnapshot;
    private int _viewColumns;
    private int _viewRows;
    private ulong _viewedVersion;
    private ScreenOverlay? _overlay;

    /// <summary>The live state of a channel that shows <paramref name="terminal"/>.</summary>
    public ScreenState(Emulator terminal)
        : this(terminal, [])
    {
    }

    private ScreenState(Emulator terminal, Stack<ScreenState> pool)
    {
        _terminal = terminal;
        _pool = pool;
    }

    /// <summary>Newest state of the client whose effects are on the screen; it never decreases.</summary>
    public ulong EchoAck { get; private set; }

    /// <summary>What is known of the screen; <see cref="ScreenKnowledge.Exact"/> from <see cref="Show"/> on.</summary>
    public ScreenKnowledge Knowledge { get; private set; } = ScreenKnowledge.Initial;

    /// <summary>False when the state was drawn from one whose echo-ack is not known: then the next diff states its number in any case.</summary>
    public bool IsEchoAckKnown { get; private set; } = true;

    /// <summary>What the client is told besides the screen; null for a stock one.</summary>
    public ServerNotes? Notes { get; private set; }

    /// <summary>True when the client knows what stock's emulator does not. Only before the first diff, or when it is restored.</summary>
    public bool IsFull { get; set; }

    /// <summary>Tells the client something else. Only for one that has said that it understands.</summary>
    public void SetNotes(ServerNotes notes) => Notes = notes;

    /// <summary>What the client is, or was, shown; valid until the terminal changes or the snapshot is released.</summary>
    public Framebuffer Frame => _isSnapshot ? _frame! : CurrentFrame();

    /// <summary>From now on the client is shown the terminal: its window's size is known, so a first frame can be drawn.</summary>
    public void Show() => Knowledge = ScreenKnowledge.Exact;

    /// <summary>The size of the client's window. Where the terminal's is another, the client is shown its upper left part, or gets blanks beside it.</summary>
    /// <param name="columns">1 or more; cut to <see cref="Framebuffer.MaxColumns"/>.</param>
    /// <param name="rows">1 or more; cut to <see cref="Framebuffer.MaxRows"/>.</param>
    public void SetView(int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        _viewColumns = Math.Min(columns, Framebuffer.MaxColumns);
        _viewRows = Math.Min(rows, Math.Min(Framebuffer.MaxRows, Framebuffer.MaxCells / _viewColumns));
        _viewedVersion = 0;
    }

    /// <summary>The client is shown the terminal in its own size, whatever that is. This is so from the start.</summary>
    public void FollowTerminalSize()
    {
        _viewColumns = _viewRows = 0;
        DropFrame();
    }

    /// <summary>Lays something over what this client is shown; null takes it away. The terminal does not change.</summary>
    public void SetOverlay(ScreenOverlay? overlay)
    {
        _overlay = overlay;
        _viewedVersion = 0;
    }

    /// <summary>Raises <see cref="EchoAck"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is lower than before, which would kill the stock client.</exception>
    public void SetEchoAck(ulong echoAck)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(echoAck, EchoAck);
        EchoAck = echoAck;
    }

    /// <summary>A snapshot that stands for a state of an earlier incarnation, of which nothing is known but that the client holds it.</summary>
    public ScreenState UnknownBase()
    {
        ScreenState snapshot = Snapshot();
        snapshot.Knowledge = ScreenKnowledge.Unknown;
        snapshot.IsEchoAckKnown = false;
        snapshot.Notes = null;
        return snapshot;
    }

    /// <inheritdoc/>
    public ScreenState Snapshot()
    {
        if (!_pool.TryPop(out ScreenState? copy))
            copy = new ScreenState(_terminal, _pool);
        copy._isSnapshot = true;
        copy._frame = Frame.Snapshot();
        copy.EchoAck = EchoAck;
        copy.Knowledge = Knowledge;
        copy.IsEchoAckKnown = IsEchoAckKnown;
        copy.Notes = Notes;
        copy.IsFull = IsFull;
        return copy;
    }

    /// <summary>Gives a snapshot back; of the live state, what it holds besides the terminal.</summary>
    public void Release()
    {
        DropFrame();
        if (_isSnapshot)
            _pool.Push(this);
    }

    /// <inheritdoc/>
    public bool SameAs(ScreenState other)
    {
        if (Knowledge != other.Knowledge || Knowledge == ScreenKnowledge.Unknown || EchoAck != other.EchoAck || !ReferenceEquals(Notes, other.Notes))
            return false;
        return Knowledge == ScreenKnowledge.Initial || (IsEchoAckKnown == other.IsEchoAckKnown && Frame.ContentEquals(other.Frame, IsFull || other.IsFull));
    }

    /// <inheritdoc/>
    /// <remarks>A HostMessage: echo-ack, notes, resize, bytes, each if needed.</remarks>
    public void WriteDiff(ScreenState source, IBufferWriter<byte> diff)
    {
        bool sourceIsUnknown = source.Knowledge == ScreenKnowledge.Unknown;
        if (!sourceIsUnknown && (source.EchoAck != EchoAck || !source.IsEchoAckKnown))
            HostMessageCodec.WriteEchoAck(diff, EchoAck);
        if (Notes is not null && !ReferenceEquals(Notes, source.Notes))
            ServerNotesCodec.Write(diff, Notes);
        if (Knowledge == ScreenKnowledge.Initial)
            return;

        Framebuffer to = Frame;
        bool sizeIsKnown = source.Knowledge == ScreenKnowledge.Exact;
        if (!sizeIsKnown || source.Frame.Columns != to.Columns || source.Frame.Rows != to.Rows)
            HostMessageCodec.WriteResize(diff, to.Columns, to.Rows);

        FramePainter painter = new(to, IsFull ? TerminalAbilities.All | TerminalAbilities.Full : TerminalAbilities.All);
        switch (source.Knowledge)
        {
            case ScreenKnowledge.Exact:
                FrameDiff.Paint(source.Frame, to, ref painter);
                break;
            case ScreenKnowledge.Initial:
                FrameDiff.PaintFromBlank(to, ref painter);
                break;
            default:
                FrameDiff.PaintUnknownBase(to, ref painter);
                break;
        }

        if (painter.Length > 0)
            HostMessageCodec.WriteHostBytes(diff, painter.Written);
        painter.Dispose();
    }

    /// <inheritdoc/>
    /// <remarks>The rendition that the client holds, set anew: CSI 0 m, mostly.</remarks>
    public void WriteIdleDiff(IBufferWriter<byte> diff)
    {
        Span<byte> rendition = stackalloc byte[RenditionWriter.MaxLength];
        int length = RenditionWriter.WriteFresh(Knowledge != ScreenKnowledge.Exact ? default : IsFull ? Frame.State.Rendition : Frame.Rendition, rendition);
        HostMessageCodec.WriteHostBytes(diff, rendition[..length]);
    }

    /// <summary>Always false: a server's screen is not changed by its client. See <see cref="RemoteScreenState"/>.</summary>
    public bool TryApply(ReadOnlySpan<byte> diff) => false;

    /// <inheritdoc/>
    /// <remarks>
    /// The frame, by the rows in which it differs from what the terminal shows at this moment: a few bytes when the client has it all. A reader whose
    /// terminal shows something else can't use that, and draws from <see cref="UnknownBase"/>.
    /// </remarks>
    public void WriteContent(IBufferWriter<byte> content)
    {
        if (IsFull && Knowledge == ScreenKnowledge.Exact && Frame.Memory.Links.Live > 0)
        {
            // No snapshot holds links, so what the client has would not be known.
            WriteStub(content);
            return;
        }

        SnapshotWriter to = new(content, ContentKind, ContentVersion);
        to.Byte((byte)Knowledge);
        to.Flag(IsEchoAckKnown);
        to.UInt64(EchoAck);
        if (Knowledge == ScreenKnowledge.Exact)
        {
            Framebuffer frame = Frame;
            to.UInt32(FrameSnapshot.FingerprintOf(_terminal.Shown));
            to.Int(frame.Columns);
            to.Int(frame.Rows);
            FrameSnapshot.Write(ref to, frame, _terminal.Shown);
        }

        to.End();
    }

    /// <inheritdoc/>
    /// <remarks>A few bytes. Who reads it repaints the whole screen once; the client itself draws only what differs.</remarks>
    public void WriteStub(IBufferWriter<byte> content)
    {
        SnapshotWriter to = new(content, ContentKind, ContentVersion);
        bool isInitial = Knowledge == ScreenKnowledge.Initial;
        to.Byte((byte)(isInitial ? ScreenKnowledge.Initial : ScreenKnowledge.Unknown));
        to.Flag(isInitial && IsEchoAckKnown);
        to.UInt64(EchoAck);
        to.End();
    }

    /// <inheritdoc/>
    public bool TryReadContent(ReadOnlySpan<byte> content)
    {
        if (!SnapshotReader.TryOpen(content, ContentKind, ContentVersion, out SnapshotReader from))
            return false;

        byte knowledge = from.Byte();
        from.Require(knowledge <= (byte)ScreenKnowledge.Unknown);
        Knowledge = (ScreenKnowledge)knowledge;
        IsEchoAckKnown = from.Flag();
        EchoAck = from.UInt64();
        if (from.IsBad || Knowledge != ScreenKnowledge.Exact)
            return from.IsWhole;

        if (from.UInt32() == FrameSnapshot.FingerprintOf(_terminal.Shown))
            return TryReadFrame(ref from);
        Knowledge = ScreenKnowledge.Unknown;
        IsEchoAckKnown = false;
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>An echo-ack never decreases, and one that is not known must be stated once the client holds a state of this incarnation.</remarks>
    public void GoOnFrom(ScreenState acknowledged)
    {
        IsEchoAckKnown = acknowledged.IsEchoAckKnown;
        EchoAck = Math.Max(EchoAck, acknowledged.EchoAck);
    }

    /// <inheritdoc/>
    public void ForgetBefore(ScreenState oldest)
    {
        // A frame holds no history. But from a state that this incarnation drew, the next diff states the echo-ack.
        if (oldest.Knowledge == ScreenKnowledge.Exact)
            IsEchoAckKnown = true;
    }

    /// <summary>Appends what the live state is besides the terminal: the client's view of it.</summary>
    internal void WriteView(ref SnapshotWriter to)
    {
        to.Flag(Knowledge == ScreenKnowledge.Exact);
        to.Int(_viewColumns);
        to.Int(_viewRows);
        to.UInt64(EchoAck);
    }

    /// <summary>For a new live state.</summary>
    internal void ReadView(ref SnapshotReader from)
    {
        bool isShown = from.Flag();
        int columns = from.Int(0, Framebuffer.MaxColumns);
        int rows = from.Int(0, Framebuffer.MaxRows);
        EchoAck = from.UInt64();
        from.Require((columns == 0 && rows == 0) || Framebuffer.IsAllowedSize(columns, rows));
        if (isShown)
            Show();
        if (columns != 0 && !from.IsBad)
            SetView(columns, rows);
    }

    private bool TryReadFrame(ref SnapshotReader from)
    {
        int columns = from.Int(1, Framebuffer.MaxColumns);
        int rows = from.Int(1, Framebuffer.MaxRows);
        from.Require(Framebuffer.IsAllowedSize(columns, rows));
        if (from.IsBad)
            return false;

        DropFrame();
        Framebuffer shown = _terminal.Shown;
        _frame = shown.Memory.RentFrame();
        if (columns == shown.Columns && rows == shown.Rows)
            _frame.InitializeLike(shown);
        else
            _frame.Initialize(columns, rows);
        FrameSnapshot.Read(ref from, _frame, shown);
        return from.IsWhole;
    }

    private Framebuffer CurrentFrame()
    {
        if (IsScrolledBack)
            FollowScrollback();
        Framebuffer terminal = _terminal.Shown;
        int columns = _viewColumns == 0 ? terminal.Columns : _viewColumns;
        int rows = ViewRows;
        if (_overlay is null && !IsScrolledBack && columns == terminal.Columns && rows == terminal.Rows)
            return terminal;

        _frame ??= terminal.Memory.RentFrame();
        if (_viewedVersion != terminal.Version)
        {
            if (IsScrolledBack)
                ScrolledView.DrawOn(_frame, _terminal, _top, columns, rows);
            else
                _frame.CopyClipped(terminal, columns, rows);
            _overlay?.DrawOn(_frame);
            _viewedVersion = terminal.Version;
        }

        return _frame;
    }

    private void DropFrame()
    {
        _frame?.Release();
        _frame = null;
        _viewedVersion = 0;
    }
}
