using System.Text;

namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    private void OperatingSystemCommand()
    {
        ReadOnlySpan<byte> text = _parser.OscText;
        if (text.StartsWith("52;c;"u8))
        {
            Frame.SetClipboard(text[5..]);
            return;
        }

        if (text.StartsWith("8;"u8))
        {
            SetLink(text[2..]);
            return;
        }

        // A number of one digit, or none, which is 0.
        int number;
        ReadOnlySpan<byte> title = FirstCodePoints(text, Framebuffer.MaxTitleCodePoints);
        if (title.Length >= 1 && title[0] == ';')
        {
            number = '0';
            title = title[1..];
        }
        else if (title.Length >= 2 && title[1] == ';')
        {
            number = title[0];
            title = title[2..];
        }
        else
        {
            return;
        }

        if (number is not ('0' or '1' or '2'))
            return;

        // Without a number one character more would fit, which no diff could then bring to a client.
        title = FirstCodePoints(title, Framebuffer.MaxTitleCodePoints - 2);
        Frame.State.TitleEverSet = true;
        if (number is '0' or '1')
            Frame.SetIconName(title);
        if (number is '0' or '2')
            Frame.SetTitle(title);
    }

    /// <summary>Parameters, a semicolon and an address: what is printed next leads there. Without an address nothing does.</summary>
    private void SetLink(ReadOnlySpan<byte> link)
    {
        int address = link.IndexOf((byte)';') + 1;
        Frame.State.Link = address == 0 || address == link.Length ? (ushort)0 : Frame.Memory.InternLink(link);
    }

    private static ReadOnlySpan<byte> FirstCodePoints(ReadOnlySpan<byte> text, int count)
    {
        int at = 0;
        for (; count > 0 && at < text.Length; count--)
        {
            Rune.DecodeFromUtf8(text[at..], out _, out int length);
            at += length;
        }

        return text[..at];
    }
}
