using System.Buffers;
using System.Net;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Sessions;

/// <summary>One person at a session by plain ssh: a tty that is shown frames like any client, as many as it takes.</summary>
/// <remarks>
/// The next frame is drawn only when the last one has left: a slow connection skips frames and is never behind by more than one. The tty
/// is somebody else's, so calls on it are guarded like those on a PTY master.
/// </remarks>
internal sealed class TerminalChannel : IReadyHandler, IViewer, IDisposable
{
    private const long FrameIntervalMs = 20;
    private const int ReadLength = 4096; // What the kernel's line discipline holds.

    private readonly SessionActor _session;
    private readonly EpollLoop _loop;
    private readonly TerminalSeed _seed;
    private readonly ScreenState _screen;
    private readonly ClientKeys _keys;
    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private readonly EpollLoop.Watch _terminalWatch;
    private readonly EpollLoop.Watch _lineWatch;
    private readonly byte[] _readBuffer;
    private ScreenState? _shown;
    private MonoTime _lastFrame = MonoTime.Never;
    private MonoTime _heard;
    private long _bytesIn;
    private long _bytesOut;
    private int _outStart;

    /// <summary>Takes the seed over and begins to show; on the loop's thread.</summary>
    public TerminalChannel(MonoTime now, int id, TerminalSeed seed, SessionActor session, EpollLoop loop, byte[] readBuffer, Emulator terminal)
    {
        Id = id;
        _session = session;
        _loop = loop;
        _seed = seed;
        _readBuffer = readBuffer;
        _heard = Now = now;
        _screen = new ScreenState(terminal);
        _keys = new ClientKeys(_screen, terminal);
        _screen.Show();
        _terminalWatch = loop.Add(seed.Terminal, EpollNative.In, this);
        _lineWatch = loop.Add(seed.Line, EpollNative.In, new LineEnd(this));
        _out.Write(TtyScreen.Enter);
        WriteOut();
        Measure();
    }

    public int Id { get; }

    /// <summary>Where the person is.</summary>
    public IPAddress Client => _seed.Client;

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    public MonoTime Now { get; private set; }

    public bool IsReadOnly => Watcher is not null;

    /// <summary>Set when the person only watches.</summary>
    public Watcher? Watcher => _seed.Watcher;

    /// <summary>The person has left, or has been told to.</summary>
    public bool IsGone { get; private set; }

    public void OnReady(MonoTime now, uint events)
    {
        if (IsGone) { return; }
        Now = now;
        if ((events & EpollNative.Out) != 0) { WriteOut(); }
        if ((events & ~EpollNative.Out) != 0) { ReadKeys(now); }
        _session.OnTurnEnd(now);
    }

    public void OnFault(Exception failure) => _session.OnFault(failure);

    public void SetOverlay(ScreenOverlay? overlay) => _screen.SetOverlay(overlay);

    public void OnTimeout(MonoTime now)
    {
        if (now < _keys.HeldUntil) { return; }
        Now = now;
        _session.OnHeldKeys(now, this, _keys);
    }

    /// <summary>Shows what is new, and says when to come again.</summary>
    public MonoTime Flush(MonoTime now) => MonoTime.Min(Show(now), _keys.HeldUntil);

    private MonoTime Show(MonoTime now)
    {
        if (IsGone || _out.WrittenCount > _outStart) { return MonoTime.Forever; }
        _loop.Change(_terminalWatch, _session.TakesInput ? EpollNative.In : 0);
        if (_shown is not null && _screen.SameAs(_shown)) { return MonoTime.Forever; }
        MonoTime due = _lastFrame == MonoTime.Never ? now : _lastFrame.Plus(FrameIntervalMs);
        if (now < due) { return due; }
        _lastFrame = now;
        Draw();
        WriteOut();
        return MonoTime.Forever;
    }

    /// <summary>Ends it: the last screen, the terminal as it was, a line that says why.</summary>
    public void End(int status, string line)
    {
        if (IsGone) { return; }
        if (_out.WrittenCount == _outStart) { Draw(); }
        _out.Write(TtyScreen.Leave);
        _out.Write(System.Text.Encoding.UTF8.GetBytes($"[{line}]\r\n"));
        WriteOut();
        if (IsGone) { return; }
        IsGone = true;
        Say($"{status}\n");
    }

    public ChannelView View(MonoTime now) =>
        new(Id, 0, _seed.From, null, Math.Max(0, now.Since(_heard) / 1000.0), 0, 0, Volatile.Read(ref _bytesIn), Volatile.Read(ref _bytesOut), 0, 0, new Dictionary<string, long>(StringComparer.Ordinal)) { IsReadOnly = IsReadOnly };

    public void Dispose()
    {
        IsGone = true;
        _loop.Remove(_terminalWatch);
        _loop.Remove(_lineWatch);
        _seed.Dispose();
        _shown?.Release();
        _screen.Release();
    }

    private void Draw()
    {
        ScreenState next = _screen.Snapshot();
        bool sameSize = _shown is not null && _shown.Frame.Columns == next.Frame.Columns && _shown.Frame.Rows == next.Frame.Rows;
        if (sameSize) { FrameDiff.Write(_shown!.Frame, next.Frame, _out); }
        else { FrameDiff.WriteUnknownBase(next.Frame, _out); }
        _shown?.Release();
        _shown = next;
    }

    /// <summary>The window may have changed: the terminal is drawn anew, since nobody knows what a resize left on it.</summary>
    private void Measure()
    {
        _loop.Guard.Enter();
        (int columns, int rows) = TtyNative.SizeOf(_seed.Terminal);
        _ = _loop.Guard.Leave();
        if (!SessionActor.IsUsableSize(columns, rows)) { (columns, rows) = (80, 24); }
        _screen.SetView(columns, rows);
        (Columns, Rows) = (columns, rows);
        _shown?.Release();
        _shown = null;
        _session.OnResize(this);
    }

    private unsafe void ReadKeys(MonoTime now)
    {
        nint count;
        int errno;
        _loop.Guard.Enter();
        fixed (byte* buffer = _readBuffer)
        {
            count = PtyNative.Read(_seed.Terminal, buffer, ReadLength);
            errno = Errno.Last;
        }

        if (HasBlocked(count, errno)) { return; }
        if (count < 0 && errno is Errno.Again or Errno.Interrupted) { return; }
        if (count <= 0)
        {
            IsGone = true;
            return;
        }

        _heard = now;
        Volatile.Write(ref _bytesIn, _bytesIn + count);
        _ = _session.OnTyped(now, this, _keys, _readBuffer.AsSpan(0, (int)count));
    }

    private unsafe void WriteOut()
    {
        ReadOnlySpan<byte> rest = _out.WrittenSpan[_outStart..];
        if (!rest.IsEmpty)
        {
            nint count;
            int errno;
            _loop.Guard.Enter();
            fixed (byte* bytes = rest)
            {
                count = PtyNative.Write(_seed.Terminal, bytes, rest.Length);
                errno = Errno.Last;
            }

            if (HasBlocked(count, errno)) { return; }
            if (count < 0 && errno is not (Errno.Again or Errno.Interrupted))
            {
                IsGone = true;
                return;
            }

            _outStart += (int)Math.Max(0, count);
            Volatile.Write(ref _bytesOut, _bytesOut + Math.Max(0, count));
        }

        bool all = _outStart == _out.WrittenCount;
        if (all)
        {
            _out.ResetWrittenCount();
            _outStart = 0;
        }

        _loop.Change(_terminalWatch, EpollNative.In | (all ? 0 : EpollNative.Out));
    }

    private unsafe void HearLine(MonoTime now)
    {
        Now = now;
        byte* buffer = stackalloc byte[64];
        _loop.Guard.Enter();
        nint count = PtyNative.Read(_seed.Line, buffer, 64);
        int errno = Errno.Last;
        if (HasBlocked(count, errno))
        {
            _session.OnTurnEnd(now);
            return;
        }

        if (count > 0) { Measure(); }
        else if (count == 0 || errno is not (Errno.Again or Errno.Interrupted)) { IsGone = true; }
        _session.OnTurnEnd(now);
    }

    /// <summary>Ends the guarded call. One that had to be interrupted was made to block by whoever holds the other end: he is not served again.</summary>
    private bool HasBlocked(nint count, int errno)
    {
        if (!_loop.Guard.Leave() || count >= 0 || errno != Errno.Interrupted) { return false; }
        IsGone = true;
        return true;
    }

    private unsafe void Say(string status)
    {
        ReadOnlySpan<byte> bytes = System.Text.Encoding.ASCII.GetBytes(status);
        _loop.Guard.Enter();
        fixed (byte* at = bytes) { _ = PtyNative.Write(_seed.Line, at, bytes.Length); }
        _ = _loop.Guard.Leave();
    }

    private sealed class LineEnd(TerminalChannel channel) : IReadyHandler
    {
        public void OnReady(MonoTime now, uint events)
        {
            if (!channel.IsGone) { channel.HearLine(now); }
        }

        public void OnFault(Exception failure) => channel.OnFault(failure);
    }
}
