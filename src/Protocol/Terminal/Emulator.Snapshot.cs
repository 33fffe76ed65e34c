using System.Buffers;
using System.Text;
using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <content>Outliving the process: all that the terminal is, half-read sequences and characters included.</content>
public sealed partial class Emulator
{
    /// <summary>Version of the format; what another version wrote is refused, not guessed.</summary>
    public const byte SnapshotVersion = 1;

    private const byte SnapshotKind = (byte)'E';

    /// <summary>Appends the whole terminal: screens, modes, saved cursors, tab stops, what is half read, answers not taken, and the scrollback.</summary>
    /// <param name="destination">Gets a few hundred bytes to a few kB for an 80×24 screen. Nothing else is allocated.</param>
    /// <param name="withScrollback">False leaves the kept rows out, which take about 60 to 100 bytes each: the restored terminal then has none, and numbers new ones on.</param>
    /// <remarks>
    /// In the clear and unsigned, for it holds what was on the screen: who stores it seals it. Its checksum finds accidents only.
    /// <code>'E' | version: u8 | content | CRC-32C: u32 big-endian</code>
    /// </remarks>
    public void WriteSnapshot(IBufferWriter<byte> destination, bool withScrollback = true)
    {
        SnapshotWriter to = new(destination, SnapshotKind, SnapshotVersion);
        WriteContent(ref to, withScrollback);
        to.End();
    }

    /// <summary>The terminal that <see cref="WriteSnapshot"/> wrote, of a memory of its own; null when the bytes are damaged or of another version.</summary>
    /// <remarks>Any bytes may be given: memory is bounded by <see cref="Framebuffer.MaxCells"/> a screen, <see cref="Scrollback.MostRows"/>, and nothing throws.</remarks>
    public static Emulator? TryRestore(ReadOnlySpan<byte> snapshot)
    {
        if (!SnapshotReader.TryOpen(snapshot, SnapshotKind, SnapshotVersion, out SnapshotReader from))
            return null;
        Emulator? restored = ReadContent(ref from);
        return from.IsWhole ? restored : null;
    }

    internal void WriteContent(ref SnapshotWriter to, bool withScrollback)
    {
        to.Int(Frame.Columns);
        to.Int(Frame.Rows);
        FrameSnapshot.Write(ref to, Frame, null);
        to.Flag(_other is not null);
        if (_other is not null)
            FrameSnapshot.WriteRows(ref to, _other, Frame);
        to.Flag(_held is not null);
        if (_held is not null)
            FrameSnapshot.Write(ref to, _held, Frame);
        to.Varint(SynchronizedUpdates);
        WriteHidden(ref to);
        _tabs.WriteContent(ref to);
        _parser.WriteContent(ref to);
        to.Byte(_utf8.Missing);
        if (!_utf8.IsBetweenCharacters)
        {
            to.Byte(_utf8.Announced);
            to.Varint(_utf8.Value);
        }

        to.Block(_replies.AsSpan(0, _replyLength));
        Scrollback.WriteContent(ref to, withScrollback);
    }

    /// <summary>Null, and the reader is bad, when it is no terminal.</summary>
    internal static Emulator? ReadContent(ref SnapshotReader from)
    {
        int columns = from.Int(1, Framebuffer.MaxColumns);
        int rows = from.Int(1, Framebuffer.MaxRows);
        from.Require(Framebuffer.IsAllowedSize(columns, rows));
        if (from.IsBad)
            return null;

        Emulator terminal = new(columns, rows, scrollbackRows: 0);
        FrameSnapshot.Read(ref from, terminal.Frame, null);
        if (from.Flag())
        {
            terminal._other = terminal.FrameLikeShown();
            FrameSnapshot.ReadRows(ref from, terminal._other, terminal.Frame);
        }

        if (from.Flag())
        {
            terminal._held = terminal.FrameLikeShown();
            FrameSnapshot.Read(ref from, terminal._held, terminal.Frame);
        }

        terminal.SynchronizedUpdates = from.Varint();
        terminal.ReadHidden(ref from);
        terminal._tabs.ReadContent(ref from, columns);
        terminal._parser.ReadContent(ref from);
        terminal._utf8 = ReadUtf8(ref from);
        terminal.Reply(from.Block(MaxPendingReplyBytes));
        terminal.Scrollback = Scrollback.ReadContent(ref from);
        terminal._addedWhenHeld = terminal.Scrollback.Added;
        if (from.IsBad)
            return null;
        terminal.Frame.CheckInvariants();
        return terminal;
    }

    private Framebuffer FrameLikeShown()
    {
        Framebuffer frame = Frame.Memory.RentFrame();
        frame.InitializeLike(Frame);
        return frame;
    }

    private static Utf8Decoder ReadUtf8(ref SnapshotReader from)
    {
        Utf8Decoder decoder = new() { Missing = from.Byte() };
        if (decoder.Missing > 0)
        {
            decoder.Announced = from.Byte();
            decoder.Value = (uint)from.Int(0, int.MaxValue);
        }

        from.Require(decoder.Missing <= decoder.Announced && decoder.Announced <= 5);
        return decoder;
    }

    private static void WriteCharsets(ref SnapshotWriter to, Charsets sets) =>
        to.Byte((byte)((sets.G0DrawsLines ? 1 : 0) | (sets.G1DrawsLines ? 2 : 0) | (sets.IsShiftedOut ? 4 : 0)));

    private static Charsets ReadCharsets(ref SnapshotReader from)
    {
        int bits = from.Byte();
        from.Require(bits <= 7);
        return new Charsets { G0DrawsLines = (bits & 1) != 0, G1DrawsLines = (bits & 2) != 0, IsShiftedOut = (bits & 4) != 0 };
    }

    private static void WriteSaved(ref SnapshotWriter to, SavedCursor saved)
    {
        // Of a window that was larger, maybe: clamped when it is used.
        to.Int(saved.Row);
        to.Int(saved.Column);
        RowSnapshot.WriteRendition(ref to, saved.Rendition);
        to.Byte((byte)((saved.Autowrap ? 1 : 0) | (saved.OriginMode ? 2 : 0)));
        WriteCharsets(ref to, saved.Charsets);
    }

    private static SavedCursor ReadSaved(ref SnapshotReader from)
    {
        SavedCursor saved = new()
        {
            Row = from.Int(0, Framebuffer.MaxRows - 1),
            Column = from.Int(0, Framebuffer.MaxColumns - 1),
            Rendition = RowSnapshot.ReadRendition(ref from),
        };
        int flags = from.Byte();
        from.Require(flags <= 3);
        saved.Autowrap = (flags & 1) != 0;
        saved.OriginMode = (flags & 2) != 0;
        saved.Charsets = ReadCharsets(ref from);
        return saved;
    }

    private void WriteHidden(ref SnapshotWriter to)
    {
        ref readonly HiddenState hidden = ref _hidden;
        to.Byte((byte)((hidden.PendingWrap ? 1 : 0) | (hidden.OriginMode ? 2 : 0) | (hidden.Autowrap ? 4 : 0) | (hidden.InsertMode ? 8 : 0)
            | (hidden.ApplicationCursorKeys ? 16 : 0) | (hidden.AlternateScreen ? 32 : 0)));

        // One more than the row, so that 0 is none; then the column means nothing.
        to.Int(hidden.TargetRow + 1);
        if (hidden.TargetRow >= 0)
            to.Int(hidden.TargetColumn);
        to.Int(hidden.RegionTop);
        to.Int(hidden.RegionBottom);
        WriteCharsets(ref to, hidden.Charsets);
        to.Int(hidden.LastPrinted);
        WriteSaved(ref to, hidden.Saved);
        WriteSaved(ref to, hidden.OtherSaved);
    }

    private void ReadHidden(ref SnapshotReader from)
    {
        int flags = from.Byte();
        HiddenState hidden = new()
        {
            PendingWrap = (flags & 1) != 0,
            OriginMode = (flags & 2) != 0,
            Autowrap = (flags & 4) != 0,
            InsertMode = (flags & 8) != 0,
            ApplicationCursorKeys = (flags & 16) != 0,
            AlternateScreen = (flags & 32) != 0,
            TargetRow = from.Int(0, Frame.Rows) - 1,
        };
        if (hidden.TargetRow >= 0)
            hidden.TargetColumn = from.Int(0, Frame.Columns - 1);
        hidden.RegionTop = from.Int(0, Frame.Rows - 1);
        hidden.RegionBottom = from.Int(0, Frame.Rows - 1);
        hidden.Charsets = ReadCharsets(ref from);
        hidden.LastPrinted = from.Int(0, 0x10ffff);
        hidden.Saved = ReadSaved(ref from);
        hidden.OtherSaved = ReadSaved(ref from);
        from.Require(flags <= 63
            && hidden.RegionTop <= hidden.RegionBottom
            && (!hidden.AlternateScreen || _other is not null)
            && (hidden.LastPrinted == 0 || (Rune.IsValid(hidden.LastPrinted) && CharacterWidth.Of(hidden.LastPrinted) > 0)));
        _hidden = hidden;
    }
}
