using System.Text;
using MoshBroker.Client.Keys;

namespace MoshBroker.Client.Tests;

public sealed class KeysTests
{
    [Theory]
    [InlineData(null, "\x1e.", "", KeyCommand.Quit)]
    [InlineData(null, "\x1e\x1a", "", KeyCommand.Suspend)]
    [InlineData(null, "\x1e^", "\x1e", KeyCommand.None)]
    [InlineData(null, "\x1e\x1e", "\x1e\x1e", KeyCommand.None)]
    [InlineData(null, "\x1ex", "\x1ex", KeyCommand.None)]
    [InlineData(null, "\x1es", "", KeyCommand.ShowConnection)]
    [InlineData(null, "\x0c", "\x0c", KeyCommand.Repaint)]
    [InlineData("", "\x1e.", "\x1e.", KeyCommand.None)]
    [InlineData("\x02", "\x02.", "", KeyCommand.Quit)]
    [InlineData("\x02", "\x02" + "b", "\x02", KeyCommand.None)]
    [InlineData("\x02", "\x02" + "B", "\x02", KeyCommand.None)]
    [InlineData("\x13", "\x13s", "\x13", KeyCommand.None)] // s is its pass key
    [InlineData("ab", "\x1e.", "", KeyCommand.Quit)]
    [InlineData("\x03", "\x1e.", "", KeyCommand.Quit)]
    [InlineData("é", "\x1e.", "", KeyCommand.Quit)]
    [InlineData("~", "~.", "~.", KeyCommand.None)] // not at the start of a line
    [InlineData("~", "\r~.", "\r", KeyCommand.Quit)]
    [InlineData("~", "\r~~", "\r~", KeyCommand.None)]
    internal void What_is_typed_is_sent_or_obeyed(string? setting, string typed, string sent, KeyCommand last)
    {
        EscapeKey keys = new(setting);
        StringBuilder bytes = new();
        KeyCommand command = KeyCommand.None;
        byte[] room = new byte[2];
        foreach (char c in typed)
        {
            command = keys.Take((byte)c, room, out int count);
            bytes.Append(Encoding.Latin1.GetString(room, 0, count));
        }

        Assert.Equal((sent, last), (bytes.ToString(), command));
    }

    [Fact]
    public void The_keys_name_stands_in_the_help_and_in_the_hint()
    {
        Assert.Equal(" [To quit: Ctrl-^ .]", new EscapeKey(null).QuitHint);
        Assert.Equal(" [To quit: \"~\" .]", new EscapeKey("~").QuitHint);
        Assert.Equal("", new EscapeKey("").QuitHint);
        Assert.Contains("\"B\" gives literal Ctrl-B", new EscapeKey("\x02").Help, StringComparison.Ordinal);
    }
}
