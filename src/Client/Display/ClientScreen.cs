using System.Buffers;
using MoshBroker.Client.Prediction;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Display;

/// <summary>
/// From the newest server frame to the bytes that the user's terminal is sent: predictions are culled and laid over it, then the bar and the title's
/// prefix, then what differs from what is shown is written, all in one piece. Pure: the bytes go into a buffer, the time is an argument.
/// </summary>
internal sealed class ClientScreen
{
    // Larger updates would show the cursor jumping about.
    private const int ShowsCursorBelow = 80;
    private const int KeptLength = 256 * 1024;

    private readonly TerminalKind _kind;
    private readonly PredictionEngine _predictions;
    private readonly NotificationBar _bar;
    private readonly bool _hasTitlePrefix;
    private ArrayBufferWriter<byte> _output = new(16 * 1024);
    private Framebuffer? _shown;
    private Framebuffer? _view;
    private bool _isLost = true;
    private ulong _drawnVersion;
    private string _drawnBar = "";
    private bool _drewGuesses;

    public ClientScreen(TerminalKind kind, PredictionEngine predictions, NotificationBar bar, bool hasTitlePrefix)
    {
        _kind = kind;
        _predictions = predictions;
        _bar = bar;
        _hasTitlePrefix = hasTitlePrefix;
    }

    /// <summary>The window's size: frames of another size are cut or padded to it.</summary>
    public (int Columns, int Rows) Window { get; set; }

    /// <summary>The server's screen with the predictions on it and nothing else: what keys are predicted against. Null before the first drawing.</summary>
    public Framebuffer? View => _view;

    /// <summary>What the terminal shows is not known any more: the next drawing repaints everything.</summary>
    public void Lose() => _isLost = true;

    /// <summary>What takes the terminal over: the alternate screen, application cursor keys.</summary>
    public ReadOnlySpan<byte> Enter()
    {
        _output.ResetWrittenCount();
        _output.Write(_kind.EnterScreen);
        _output.Write("\e[?1h"u8);
        _isLost = true;
        return _output.WrittenSpan;
    }

    /// <summary>What gives the terminal back as it was found: every mode that a session can have switched on is switched off.</summary>
    public ReadOnlySpan<byte> Leave()
    {
        _output.ResetWrittenCount();
        if (_kind.EnterScreen.Length == 0 && _shown is { } shown) { MoveBelow(shown); }
        _output.Write("\e[?1l\e[r\e[0m\e[?5l\e[?25h\e[?2004l\e[?9l\e[?1003l\e[?1002l\e[?1001l\e[?1000l\e[?1004l\e[?1015l\e[?1006l\e[?1005l"u8);
        if (_kind.IsFull) { _output.Write("\e]8;;\e\\\e[0 q"u8); }
        _output.Write(_kind.LeaveScreen);
        _isLost = true;
        return _output.WrittenSpan;
    }

    /// <summary>What the terminal must be sent now; empty when it shows all there is.</summary>
    /// <param name="now">The present.</param>
    /// <param name="server">The newest server frame.</param>
    /// <param name="echoAck">Its echo-ack.</param>
    /// <param name="isLast">True for the last frame of all: without bar, predictions and prefix.</param>
    public ReadOnlySpan<byte> Draw(MonoTime now, Framebuffer server, ulong echoAck, bool isLast = false)
    {
        _predictions.Cull(now, server, echoAck);
        string bar = isLast ? "" : _bar.TextAt(now);
        if (IsShown(server, bar) && !isLast) { return default; }
        (_drawnVersion, _drawnBar, _drewGuesses) = (server.Version, bar, _predictions.IsAnyPending);
        Framebuffer next = server.Snapshot();
        if (!isLast) { _predictions.DrawOn(next); }
        _view?.Release();
        _view = next.Snapshot();
        if ((Window.Columns != next.Columns || Window.Rows != next.Rows) && Framebuffer.IsAllowedSize(Window.Columns, Window.Rows))
        {
            Framebuffer cut = next.Snapshot();
            cut.CopyClipped(next, Window.Columns, Window.Rows);
            next.Release();
            next = cut;
        }

        NotificationBar.DrawOn(next, bar);
        SetTitle(next, server, hasPrefix: _hasTitlePrefix && !isLast);
        Write(next);
        if (_kind.HoldsUpdates && _output.WrittenCount > 0) { Hold(); }
        _shown?.Release();
        _shown = next;
        return _output.WrittenSpan;
    }

    /// <summary>True when nothing has changed since the last drawing: most turns of an idle client only exchange heartbeats.</summary>
    private bool IsShown(Framebuffer server, string bar) =>
        !_isLost && !_drewGuesses && !_predictions.IsAnyPending && server.Version == _drawnVersion && string.Equals(bar, _drawnBar, StringComparison.Ordinal);

    private void SetTitle(Framebuffer next, Framebuffer server, bool hasPrefix)
    {
        if (!_kind.HasTitle)
        {
            if (server.Title.Length + server.IconName.Length == 0) { return; }
            FrameEditor editor = new(next);
            editor.SetTitle(default);
            editor.SetIconName(default);
        }
        else if (hasPrefix && server.TitleEverSet)
        {
            Span<byte> title = stackalloc byte[16 + (4 * Framebuffer.MaxTitleCodePoints)];
            "[mosh] "u8.CopyTo(title);
            server.Title.CopyTo(title["[mosh] "u8.Length..]);
            title = title[..("[mosh] "u8.Length + server.Title.Length)];
            FrameEditor editor = new(next);
            if (server.IconName.SequenceEqual(server.Title)) { editor.SetIconName(title); }
            editor.SetTitle(title);
        }
    }

    private void Write(Framebuffer next)
    {
        if (_output.Capacity > KeptLength) { _output = new ArrayBufferWriter<byte>(16 * 1024); }
        _output.ResetWrittenCount();
        if (_isLost || _shown is null || _shown.Columns != next.Columns || _shown.Rows != next.Rows)
        {
            Repaint(next);
            return;
        }

        FrameDiff.Write(_shown, next, _kind.Abilities, _output);
        if (_output.WrittenCount >= ShowsCursorBelow && _shown.CursorVisible && next.CursorVisible)
        {
            _output.ResetWrittenCount();
            _output.Write("\e[?25l"u8);
            FrameDiff.Write(_shown, next, _kind.Abilities, _output);
            _output.Write("\e[?25h"u8);
        }
    }

    /// <summary>The terminal shows nothing of it before it has all.</summary>
    private void Hold()
    {
        ReadOnlySpan<byte> begin = "\e[?2026h"u8;
        int length = _output.WrittenCount;
        _output.GetSpan(begin.Length);
        _output.Advance(begin.Length);
        Span<byte> written = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_output.WrittenMemory).Span;
        written[..length].CopyTo(written[begin.Length..]);
        begin.CopyTo(written);
        _output.Write("\e[?2026l"u8);
    }

    private void Repaint(Framebuffer next)
    {
        _isLost = false;
        if (_kind.IsFull) { _output.Write("\e]8;;\e\\\e[0 q"u8); }
        _output.Write("\e[?25l\e[?5l\e[r\e[0m\e[?2004l\e[?9l\e[?1003l\e[?1002l\e[?1001l\e[?1000l\e[?1004l\e[?1015l\e[?1006l\e[?1005l\e[H\e[2J"u8);
        FrameDiff.WriteFromBlank(next, _output, _kind.Abilities);
        if (next.CursorVisible) { _output.Write("\e[?25h"u8); }
    }

    /// <summary>Where no alternate screen is left, what comes next goes below what was shown.</summary>
    private void MoveBelow(Framebuffer shown)
    {
        _output.Write("\e["u8);
        System.Buffers.Text.Utf8Formatter.TryFormat(shown.Rows, _output.GetSpan(8), out int length);
        _output.Advance(length);
        _output.Write("H\r\n"u8);
    }
}
