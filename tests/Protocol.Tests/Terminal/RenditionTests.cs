using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>SGR beyond what stock knows: subparameters, and attributes that are kept but not shown.</summary>
public sealed class RenditionTests
{
    [Theory]
    [InlineData("38:5:1", "\e[0;31mx")]
    [InlineData("38:5:200", "\e[0;38;5;200mx")]
    [InlineData("38:5:256", "x")]
    [InlineData("38:5", "x")]
    [InlineData("38:2::1:2:3", "\e[0;38;2;1;2;3mx")]
    [InlineData("38:2:7:1:2:3", "\e[0;38;2;1;2;3mx")]
    [InlineData("38:2:1:2:3", "\e[0;38;2;1;2;3mx")]
    [InlineData("38:2::1:2:300", "x")]
    [InlineData("38:2:1:2", "x")]
    [InlineData("48:2::1:2:3", "\e[0;48;2;1;2;3mx")]
    [InlineData("48:5:3;1", "\e[0;1;43mx")]
    [InlineData("1;38:5:2;7", "\e[0;1;7;32mx")]
    [InlineData("58:5:5;58:2::5:5:5", "x")]
    [InlineData("58;5;5", "x")]
    [InlineData("58;2;5;5;5;1", "\e[0;1mx")]
    [InlineData("59", "x")]
    [InlineData("1:5", "x")]
    [InlineData("4:1", "\e[0;4mx")]
    [InlineData("4:2", "\e[0;4mx")]
    [InlineData("4:3", "\e[0;4mx")]
    [InlineData("4:5", "\e[0;4mx")]
    [InlineData("4:9", "x")]
    [InlineData("4;4:0", "x")]
    [InlineData("4:3;24", "x")]
    [InlineData("21", "\e[0;4mx")]
    [InlineData("2", "x")]
    [InlineData("1;2;22", "x")]
    [InlineData("9;53", "x")]
    [InlineData("38;5:1;1", "\e[0;1mx")]
    public void The_stock_client_is_shown(string parameters, string styled)
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal([styled], terminal.Write($"\e[{parameters}mx").Styled);
    }

    [Theory]
    [InlineData("2", CellFlags.Faint)]
    [InlineData("9", CellFlags.Strikethrough)]
    [InlineData("53", CellFlags.Overline)]
    [InlineData("21", CellFlags.Underline | CellFlags.DoubleUnderline)]
    [InlineData("4:3", CellFlags.Underline | CellFlags.CurlyUnderline)]
    [InlineData("4:4", CellFlags.Underline | CellFlags.DottedUnderline)]
    [InlineData("4:5;4:2", CellFlags.Underline | CellFlags.DoubleUnderline)]
    [InlineData("4:5;4", CellFlags.Underline)]
    [InlineData("2;22", CellFlags.None)]
    [InlineData("9;29", CellFlags.None)]
    [InlineData("53;55", CellFlags.None)]
    public void The_cell_keeps(string parameters, CellFlags attributes)
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal(attributes, terminal.Write($"\e[{parameters}mx").Frame.Row(0)[0].FullRendition.Attributes);
    }

    [Fact]
    public void What_a_stock_client_cannot_show_makes_no_difference_to_it()
    {
        TestTerminal terminal = new(10, 2);
        Framebuffer plain = terminal.Write("text").Frame.Snapshot();
        terminal.Write("\r\e[2;9;53mtext\e[5 q");
        Assert.True(plain.ContentEquals(terminal.Frame));
    }

    [Fact]
    public void A_colon_makes_every_other_sequence_void()
    {
        TestTerminal terminal = new(10, 3);
        terminal.Write("ab\e[2:1H\e[1:1Jc");
        Assert.Equal(["abc"], terminal.Lines);
    }

    [Fact]
    public void A_rendition_can_be_printed() =>
        Assert.Contains("Bold", new Rendition(Color.Palette(3), default, CellFlags.Bold | CellFlags.Faint).ToString(), StringComparison.Ordinal);
}
