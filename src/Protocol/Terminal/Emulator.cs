using System.Buffers;
using System.Runtime.CompilerServices;

namespace MoshBroker.Protocol.Terminal;

/// <summary>
/// The terminal: takes what a program writes, keeps the screen. The server runs it on the PTY's output, the client on host bytes, and both must
/// come to the same screen.
/// </summary>
/// <remarks>
/// Does what stock Mosh 1.4.0's emulator does, and what it lacks as xterm does: the alternate screen, line drawing, REP and more (docs/decisions/0006).
/// Whatever of it the stock client does not know is made into what it knows, or hidden, by the time a frame is sent. Any bytes in any pieces are accepted, the work per byte is bounded by the size of the
/// screen, and nothing is allocated in the steady state. Not thread-safe.
/// </remarks>
public sealed partial class Emulator
{
    // A program that asks and never reads must not grow our memory; what does not fit is dropped, as by a full PTY.
    private const int MaxPendingReplyBytes = 16 * 1024;

    private readonly VtParser _parser = new();
    private readonly TabStops _tabs = new();
    private Utf8Decoder _utf8;
    private HiddenState _hidden;
    private byte[] _replies = [];
    private int _replyLength;

    /// <summary>A terminal with a blank screen.</summary>
    /// <param name="columns">1 to <see cref="Framebuffer.MaxColumns"/>.</param>
    /// <param name="rows">1 to <see cref="Framebuffer.MaxRows"/>.</param>
    /// <param name="scrollbackRows">How many rows that scrolled off the main screen are kept; a client that only shows frames needs none.</param>
    public Emulator(int columns, int rows, int scrollbackRows = Scrollback.DefaultRows)
    {
        Frame = Framebuffer.Create(columns, rows);
        Scrollback = new Scrollback(scrollbackRows);
        _hidden = HiddenState.Initial(rows);
        _tabs.Reset(columns);
    }

    private Emulator(ScreenMemory memory, int scrollbackRows)
    {
        Frame = memory.RentFrame();
        Scrollback = new Scrollback(scrollbackRows);
    }

    /// <summary>The screen as it is now; the same object for the emulator's whole life. What a client may see of it is <see cref="Shown"/>.</summary>
    public Framebuffer Frame { get; }

    /// <summary>Rows that scrolled off the top of the main screen.</summary>
    public Scrollback Scrollback { get; private set; }

    /// <summary>Mode 1: what arrow keys must send, see <see cref="KeyTranslator"/>.</summary>
    public bool ApplicationCursorKeys => _hidden.ApplicationCursorKeys;

    /// <summary>
    /// True while a program works with the whole screen and all keys, as far as can be seen from here: it shows the alternate screen, or asks for
    /// the mouse, or for application cursor keys. The last is also what some shells do at their prompt, but those ask for bracketed paste besides.
    /// </summary>
    public bool IsFullScreen => IsAlternateScreen || Frame.MouseReporting != 0 || (ApplicationCursorKeys && !Frame.BracketedPaste);

    /// <summary>How often a limit cut something short.</summary>
    public TerminalGuards Guards => _parser.Guards;

    /// <summary>True when <see cref="TakeReplies"/> has something to give.</summary>
    public bool HasReplies => _replyLength > 0;

    /// <summary>Bytes held by the session's screens, those of this emulator, its clones and all their snapshots, and by this one's scrollback.</summary>
    public int ByteSize => Frame.Memory.ByteSize + Scrollback.ByteSize;

    /// <summary>True between sequences and characters: the next byte is read afresh.</summary>
    internal bool IsAtRest => _parser.State == VtState.Ground && _utf8.IsBetweenCharacters;

    /// <summary>Takes output of a program, or host bytes; sequences and characters may be cut anywhere between two calls.</summary>
    public void Write(ReadOnlySpan<byte> output)
    {
        if (output.IsEmpty)
            return;

        Frame.Touch();
        int at = 0;
        while (at < output.Length)
        {
            if (_parser.State == VtState.Ground && _utf8.Missing == 0)
                at += WriteGround(output[at..]);
            else
                WriteByte(output[at++]);
        }

        Frame.CheckInvariants();
    }

    /// <summary>Gives the window another size, without reflow. Sizes beyond the frame's limits are cut to them.</summary>
    /// <param name="columns">1 or more.</param>
    /// <param name="rows">1 or more.</param>
    public void Resize(int columns, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        columns = Math.Min(columns, Framebuffer.MaxColumns);
        rows = Math.Min(rows, Math.Min(Framebuffer.MaxRows, Framebuffer.MaxCells / columns));
        if (columns == Frame.Columns && rows == Frame.Rows)
            return;

        EndSynchronizedUpdate();
        Frame.Resize(columns, rows, BlankCell);
        _other?.Resize(columns, rows, BlankCell, Frame.Store);
        _hidden.RegionTop = 0;
        _hidden.RegionBottom = rows - 1;
        ref FrameState state = ref Frame.State;
        state.CursorRow = Math.Min(state.CursorRow, rows - 1);
        state.CursorColumn = Math.Min(state.CursorColumn, columns - 1);
        if (_hidden.TargetRow >= rows || _hidden.TargetColumn >= columns)
            _hidden.TargetRow = -1;
        _tabs.Resize(columns);
        Frame.CheckInvariants();
    }

    /// <summary>Appends what the terminal answered to the program (reports), in order, and forgets it.</summary>
    public void TakeReplies(IBufferWriter<byte> replies)
    {
        if (_replyLength == 0)
            return;
        replies.Write(_replies.AsSpan(0, _replyLength));
        _replyLength = 0;
    }

    /// <summary>An independent copy, half-read sequences included, that shares unchanged rows.</summary>
    public Emulator Clone()
    {
        Emulator copy = new(Frame.Memory, Scrollback.MaxRows);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Becomes a copy of another emulator of the same session: one is a clone of the other.</summary>
    public void CopyFrom(Emulator source)
    {
        Frame.CopyFrom(source.Frame);
        CopyScreen(ref _other, source._other);
        CopyScreen(ref _held, source._held);
        _addedWhenHeld = source._addedWhenHeld;
        SynchronizedUpdates = source.SynchronizedUpdates;
        Scrollback.CopyFrom(source.Scrollback);
        _parser.CopyFrom(source._parser);
        _tabs.CopyFrom(source._tabs);
        _utf8 = source._utf8;
        _hidden = source._hidden;
        _replyLength = 0;
        Reply(source._replies.AsSpan(0, source._replyLength));
    }

    /// <summary>Gives back memory that only a burst of output needed; for a session that has become quiet.</summary>
    public void Trim()
    {
        Frame.Memory.Trim();
        Scrollback.Trim();
    }

    private static void CopyScreen(ref Framebuffer? mine, Framebuffer? source)
    {
        mine?.Release();
        mine = source?.Snapshot();
    }

    private Cell BlankCell => Cell.Blank(Frame.State.Rendition.Background);

    private void Reply(ReadOnlySpan<byte> reply)
    {
        if (_replyLength + reply.Length > MaxPendingReplyBytes)
        {
            Guards.OnBytes();
            return;
        }

        if (_replies.Length < _replyLength + reply.Length)
            Array.Resize(ref _replies, Math.Max(64, (_replyLength + reply.Length) * 2));
        reply.CopyTo(_replies.AsSpan(_replyLength));
        _replyLength += reply.Length;
    }

    /// <summary>Takes a run of characters, one control character, or the first byte of a sequence; returns how many bytes.</summary>
    private int WriteGround(ReadOnlySpan<byte> output)
    {
        byte first = output[0];
        if (first is >= 0x20 and <= 0x7e)
        {
            int length = output.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e);
            if (length < 0)
                length = output.Length;
            PrintAscii(output[..length]);
            return length;
        }

        if (first < 0x80)
        {
            Step(first);
            return 1;
        }

        // Whole, well-formed characters; everything else goes byte by byte through the decoder, which knows how to count errors.
        if (first >= 0xe1 && first <= 0xec && output.Length >= 3 && (output[1] & 0xc0) == 0x80 && (output[2] & 0xc0) == 0x80)
        {
            Step(((first & 0x0f) << 12) | ((output[1] & 0x3f) << 6) | (output[2] & 0x3f));
            return 3;
        }

        if (first is >= 0xc2 and <= 0xdf && output.Length >= 2 && (output[1] & 0xc0) == 0x80)
        {
            Step(((first & 0x1f) << 6) | (output[1] & 0x3f));
            return 2;
        }

        WriteByte(first);
        return 1;
    }

    private void WriteByte(byte b)
    {
        bool again;
        do
        {
            if (_utf8.TryAdd(b, out int codePoint, out again))
                Step(codePoint);
        }
        while (again);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Step(int codePoint)
    {
        VtAction action = _parser.Next(codePoint);
        if (action != VtAction.None)
            Perform(action, codePoint);
    }

    private void Perform(VtAction action, int codePoint)
    {
        if ((action & VtAction.DispatchOsc) != 0)
        {
            OperatingSystemCommand();
            _parser.EndOsc();
        }

        switch (action & ~VtAction.DispatchOsc)
        {
            case VtAction.Print:
                Print(codePoint);
                break;
            case VtAction.Execute:
                Execute(codePoint);
                break;
            case VtAction.DispatchEscape:
                Escape();
                break;
            case VtAction.DispatchControlSequence:
                ControlSequence();
                break;
        }
    }
}
