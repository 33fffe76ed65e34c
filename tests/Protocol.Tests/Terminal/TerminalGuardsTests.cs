using System.Buffers;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>What is cut short is counted, and what just fits is not.</summary>
public sealed class TerminalGuardsTests
{
    private readonly TestTerminal _terminal = new(10, 3);

    private (ulong Repeat, ulong Osc, ulong Combining, ulong Bytes) Fired
    {
        get
        {
            TerminalGuards guards = _terminal.Emulator.Guards;
            Assert.Equal(guards.Repeat + guards.Osc + guards.Combining + guards.Bytes, guards.Total);
            return (guards.Repeat, guards.Osc, guards.Combining, guards.Bytes);
        }
    }

    [Fact]
    public void A_repetition_of_more_characters_than_the_screen_has_cells()
    {
        _terminal.Write("x\e[30b");
        Assert.Equal((0ul, 0ul, 0ul, 0ul), Fired);
        _terminal.Write("x\e[31bx\e[65535b");
        Assert.Equal((2ul, 0ul, 0ul, 0ul), Fired);
    }

    [Fact]
    public void A_title_that_is_too_long_counts_once_however_long_it_is()
    {
        _terminal.Write("\e]" + new string('t', VtParser.MaxOscCodePoints) + "\a");
        Assert.Equal((0ul, 0ul, 0ul, 0ul), Fired);
        _terminal.Write("\e]" + new string('t', VtParser.MaxOscCodePoints + 1) + "\a");
        _terminal.Write("\e]" + new string('t', VtParser.MaxOscCodePoints * 2) + "\a");
        Assert.Equal((0ul, 2ul, 0ul, 0ul), Fired);
    }

    [Fact]
    public void Combining_characters_that_a_cell_has_no_room_for()
    {
        // 1 byte and 16 of 2 bytes are 33: the last one began below the limit of 32.
        _terminal.Write("e" + new string('\u0301', 16));
        Assert.Equal((0ul, 0ul, 0ul, 0ul), Fired);
        _terminal.Write(new string('\u0301', 3));
        Assert.Equal((0ul, 0ul, 3ul, 0ul), Fired);
    }

    [Fact]
    public void Parameters_longer_than_are_kept_and_answers_that_nobody_reads()
    {
        _terminal.Write("\e[" + new string('1', VtParser.MaxParameterCharacters) + "m");
        Assert.Equal((0ul, 0ul, 0ul, 0ul), Fired);
        _terminal.Write("\e[" + new string('1', 5 * VtParser.MaxParameterCharacters) + "m");
        Assert.Equal((0ul, 0ul, 0ul, 1ul), Fired);
        // An answer has at least six bytes ("CSI 1;1 R"), and 16 KiB of them are kept.
        for (int i = 0; i < 2731; i++) { _terminal.Write("\e[H\e[6n"); }
        Assert.Equal((0ul, 0ul, 0ul, 2ul), Fired);
    }

    [Fact]
    public void A_sequence_beyond_the_limit_survives_a_snapshot()
    {
        _terminal.Write("\e[" + new string('0', VtParser.MaxParameterCharacters + 50));
        ArrayBufferWriter<byte> snapshot = new();
        _terminal.Emulator.WriteSnapshot(snapshot);
        Emulator restored = Emulator.TryRestore(snapshot.WrittenSpan)!;
        restored.Write("1mX"u8);
        Assert.Equal("X", ScreenText.Lines(restored.Frame)[0]);
    }
}
