using System.Buffers;
using System.Globalization;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Sessions;

/// <summary>A session as it is seen and used from within another, by somebody who chose it from the menu there.</summary>
/// <remarks>
/// A stock client cannot be given another key, so its channel stays where it is, and this session's frames are drawn there. The two sessions
/// may live on different loops: what crosses is a frame at a time, and keys and sizes.
/// </remarks>
internal sealed class Mirror : IViewer, IDisposable
{
    private const long FrameIntervalMs = 8; // The other session's own channel collects, too.

    private readonly SessionActor _session;
    private readonly string _from;
    private readonly Func<MonoTime, double?> _heard;
    private readonly Action _wake;
    private readonly Lock _gate = new(); // Guards the next five.
    private readonly ArrayBufferWriter<byte> _keysIn = new(256);
    private int _columnsIn;
    private int _rowsIn;
    private bool _hasSize;
    private string? _end;

    private readonly ArrayBufferWriter<byte> _frame = new(4096); // The session's while it is not full, the other side's while it is.
    private volatile bool _isFull;

    private readonly ArrayBufferWriter<byte> _keys = new(256);
    private ScreenState? _screen;
    private ClientKeys? _typed;
    private ScreenState? _shown;
    private MonoTime _lastFrame = MonoTime.Never;
    private bool _isOver;

    /// <param name="from">The session that it is seen from.</param>
    /// <param name="heard">Seconds since the client there was heard. From any thread.</param>
    /// <param name="wake">Tells the other side that something waits for it. From any thread.</param>
    public Mirror(int id, SessionActor session, string from, Func<MonoTime, double?> heard, Action wake)
    {
        Id = id;
        _session = session;
        _from = from;
        _heard = heard;
        _wake = wake;
    }

    public int Id { get; }

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    public MonoTime Now { get; private set; }

    public bool IsReadOnly => false;

    /// <summary>Keys that the session has not taken yet. From the other side.</summary>
    public int PendingInput
    {
        get
        {
            lock (_gate) { return _keysIn.WrittenCount; }
        }
    }

    /// <summary>Seconds since its user was heard; null before. From any thread.</summary>
    public double? HeardSecondsAgo(MonoTime now) => _heard(now);

    /// <summary>From the other side.</summary>
    public void Send(ReadOnlySpan<byte> keys)
    {
        lock (_gate) { _keysIn.Write(keys); }
        _session.Tell(SessionMessage.Mirrored.Instance);
    }

    /// <summary>The window has that size; what it showed is to be drawn anew. From the other side.</summary>
    public void Resize(int columns, int rows)
    {
        lock (_gate) { (_columnsIn, _rowsIn, _hasSize) = (columns, rows, true); }
        _session.Tell(SessionMessage.Mirrored.Instance);
    }

    /// <summary>Hands the next frame over, if there is one. From the other side.</summary>
    public bool TryTake(Action<ReadOnlyMemory<byte>> take)
    {
        if (!_isFull) { return false; }
        take(_frame.WrittenMemory);
        _frame.ResetWrittenCount();
        _isFull = false;
        _session.Tell(SessionMessage.Mirrored.Instance);
        return true;
    }

    /// <summary>Why it is over: "" when the session's program ended; null while it goes on. From the other side.</summary>
    public string? Ending
    {
        get
        {
            lock (_gate) { return _end; }
        }
    }

    /// <summary>The other side has enough of it.</summary>
    /// <param name="quits">Its client said good-bye.</param>
    public void Leave(bool quits) => _session.Tell(new SessionMessage.Unmirror(this, quits));

    /// <summary>On the session's loop, as all that follows.</summary>
    public void Begin(MonoTime now, Emulator terminal, ScreenOverlay? overlay)
    {
        Now = now;
        _screen = new ScreenState(terminal);
        _screen.Show();
        _screen.SetOverlay(overlay);
        _typed = new ClientKeys(_screen, terminal);
    }

    public void SetOverlay(ScreenOverlay? overlay) => _screen?.SetOverlay(overlay);

    /// <summary>Takes sizes and keys that have come.</summary>
    public void TakeInput(MonoTime now)
    {
        if (_screen is not { } screen) { return; }
        Now = now;
        bool hasSize;
        lock (_gate)
        {
            (hasSize, _hasSize) = (_hasSize, false);
            if (hasSize) { (Columns, Rows) = (_columnsIn, _rowsIn); }
            if (_session.TakesInput)
            {
                _keys.Write(_keysIn.WrittenSpan);
                _keysIn.ResetWrittenCount();
            }
        }

        if (hasSize)
        {
            screen.SetView(Columns, Rows);
            _shown?.Release();
            _shown = null;
            _session.OnResize(this);
        }

        if (_keys.WrittenCount == 0) { return; }
        try
        {
            _session.OnNewState(now);
            _ = _session.OnTyped(now, this, _typed!, _keys.WrittenSpan);
        }
        finally
        {
            _keys.ResetWrittenCount();
        }
    }

    public void OnTimeout(MonoTime now)
    {
        if (_typed is not { } typed || now < typed.HeldUntil) { return; }
        Now = now;
        _session.OnHeldKeys(now, this, typed);
    }

    /// <summary>Draws what is new, if the last frame has been taken; says when to come again.</summary>
    public MonoTime Flush(MonoTime now) => MonoTime.Min(Show(now), _typed?.HeldUntil ?? MonoTime.Forever);

    private MonoTime Show(MonoTime now)
    {
        if (_screen is not { } screen || Columns == 0 || _isFull || _isOver) { return MonoTime.Forever; }
        if (_shown is not null && screen.SameAs(_shown)) { return MonoTime.Forever; }
        MonoTime due = _lastFrame == MonoTime.Never ? now : _lastFrame.Plus(FrameIntervalMs);
        if (now < due) { return due; }
        _lastFrame = now;
        ScreenState next = screen.Snapshot();
        bool sameSize = _shown is not null && _shown.Frame.Columns == next.Frame.Columns && _shown.Frame.Rows == next.Frame.Rows;
        if (sameSize) { FrameDiff.Write(_shown!.Frame, next.Frame, _frame); }
        else { FrameDiff.WriteUnknownBase(next.Frame, _frame); }
        _shown?.Release();
        _shown = next;
        _isFull = true;
        _wake();
        return MonoTime.Forever;
    }

    /// <summary>It is over for the other side.</summary>
    /// <param name="why">For its user; "" when he knows, because the program ended.</param>
    public void End(string why)
    {
        if (_isOver) { return; }
        _isOver = true;
        lock (_gate) { _end ??= why; }
        _wake();
    }

    public ChannelView View(MonoTime now) =>
        new(Id, 0, string.Create(CultureInfo.InvariantCulture, $"menu of session {_from}"), null, HeardSecondsAgo(now), 0, 0, 0, 0, 0, 0, new Dictionary<string, long>(StringComparer.Ordinal));

    public void Dispose()
    {
        End("the session is over");
        _shown?.Release();
        _screen?.Release();
        (_shown, _screen) = (null, null);
    }
}
