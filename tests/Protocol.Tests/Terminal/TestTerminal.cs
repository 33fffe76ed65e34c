using System.Buffers;
using System.Text;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>A terminal that is written to and read as text.</summary>
internal sealed class TestTerminal(int columns, int rows, int scrollbackRows = Scrollback.DefaultRows)
{
    public Emulator Emulator { get; } = new(columns, rows, scrollbackRows);

    public Framebuffer Frame => Emulator.Frame;

    public IReadOnlyList<string> Lines => ScreenText.Lines(Emulator.Frame);

    public IReadOnlyList<string> Styled => ScreenText.Styled(Emulator.Frame);

    /// <summary>Column and row from 0.</summary>
    public (int Column, int Row) Cursor => (Emulator.Frame.CursorColumn, Emulator.Frame.CursorRow);

    public string Replies
    {
        get
        {
            ArrayBufferWriter<byte> replies = new();
            Emulator.TakeReplies(replies);
            return Encoding.Latin1.GetString(replies.WrittenSpan);
        }
    }

    /// <summary>Kept rows, oldest first.</summary>
    public IReadOnlyList<string> Kept
    {
        get
        {
            List<string> kept = [];
            ScrollbackReader reader = Emulator.Scrollback.Read();
            while (reader.TryReadOlder())
                kept.Insert(0, Encoding.UTF8.GetString(reader.Text));
            return kept;
        }
    }

    public TestTerminal Write(string text)
    {
        Emulator.Write(Encoding.UTF8.GetBytes(text));
        return this;
    }
}
