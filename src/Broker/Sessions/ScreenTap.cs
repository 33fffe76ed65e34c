using System.Buffers;
using System.Threading.Channels;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Sessions;

/// <summary>Somebody who sees a session in a browser, or from an operator's terminal: frames that our own diff wrote, never what the program wrote. He cannot type.</summary>
/// <remarks>The next frame is drawn only when the last one has been taken: a slow browser skips frames, and holds up nobody.</remarks>
internal sealed class ScreenTap(string by, string via) : IDisposable
{
    private const long FrameIntervalMs = 50; // Smooth to the eye of somebody who only watches.

    private readonly Channel<ScreenFrame> _frames = System.Threading.Channels.Channel.CreateBounded<ScreenFrame>(new BoundedChannelOptions(1) { SingleWriter = true, SingleReader = true });
    private readonly ArrayBufferWriter<byte> _out = new(4096);
    private ScreenState? _screen;
    private ScreenState? _shown;
    private MonoTime _lastFrame = MonoTime.Never;
    private int _id;
    private int _view; // Columns and rows, 16 bits each; 0 for the session's own size. Anybody may write it.
    private int _drawnView;

    /// <summary>Who it is.</summary>
    public string By => by;

    /// <summary>Frames as they come; complete when the session is over.</summary>
    public ChannelReader<ScreenFrame> Frames => _frames.Reader;

    /// <summary>The watcher's window has that size; the session is told by <see cref="SessionMessage.TapTaken"/>. From any thread.</summary>
    public void Resize(int columns, int rows) => Volatile.Write(ref _view, (columns << 16) | rows);

    /// <summary>On the session's loop.</summary>
    public void Begin(int id, Emulator terminal, ScreenOverlay? overlay)
    {
        _id = id;
        _screen = new ScreenState(terminal);
        _screen.Show();
        _screen.SetOverlay(overlay);
    }

    public void SetOverlay(ScreenOverlay? overlay) => _screen?.SetOverlay(overlay);

    /// <summary>Draws what is new, if the last frame has been taken; says when to come again.</summary>
    public MonoTime Flush(MonoTime now)
    {
        if (_screen is not { } screen || _frames.Reader.Count > 0) { return MonoTime.Forever; }
        int view = Volatile.Read(ref _view);
        if (view != _drawnView)
        {
            // Nobody knows what a resize left on his terminal: the next frame is a whole one.
            _drawnView = view;
            screen.SetView(view >> 16, view & 0xffff);
            _shown?.Release();
            _shown = null;
        }

        if (_shown is not null && screen.SameAs(_shown)) { return MonoTime.Forever; }
        MonoTime due = _lastFrame == MonoTime.Never ? now : _lastFrame.Plus(FrameIntervalMs);
        if (now < due) { return due; }
        _lastFrame = now;
        ScreenState next = screen.Snapshot();
        bool sameSize = _shown is not null && _shown.Frame.Columns == next.Frame.Columns && _shown.Frame.Rows == next.Frame.Rows;
        if (sameSize) { FrameDiff.Write(_shown!.Frame, next.Frame, TerminalAbilities.Watching, _out); }
        else { FrameDiff.WriteUnknownBase(next.Frame, _out, TerminalAbilities.Watching); }
        _ = _frames.Writer.TryWrite(new ScreenFrame(next.Frame.Columns, next.Frame.Rows, !sameSize, _out.WrittenSpan.ToArray()));
        _out.ResetWrittenCount();
        _shown?.Release();
        _shown = next;
        return MonoTime.Forever;
    }

    public ChannelView View() => new(_id, 0, $"{via}, {by}", null, 0, 0, 0, 0, 0, 0, 0, new Dictionary<string, long>(StringComparer.Ordinal)) { IsReadOnly = true };

    public void Dispose()
    {
        _frames.Writer.TryComplete();
        _shown?.Release();
        _screen?.Release();
        (_shown, _screen) = (null, null);
    }
}
