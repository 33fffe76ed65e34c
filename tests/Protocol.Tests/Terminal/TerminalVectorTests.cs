using System.Buffers;
using System.Text;
using System.Text.Json;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>Our emulator's screen against what the stock client showed.</summary>
public sealed class TerminalVectorTests
{
    public static IEnumerable<object[]> Cases => TerminalCase.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_screen_is_what_stock_shows(string name)
    {
        TerminalCase test = TerminalCase.Named(name);
        Emulator emulator = new(test.Columns, test.Rows);
        KeyTranslator keys = new();
        ArrayBufferWriter<byte> host = new();
        foreach (TerminalCase.Step step in test.Steps)
        {
            if (step.Write is { } write)
                emulator.Write(write);
            if (step.Size is { } size)
                emulator.Resize(size.Columns, size.Rows);
            emulator.TakeReplies(host);
            if (step.Keys is { } typed)
                keys.Translate(typed, emulator.ApplicationCursorKeys, host);
        }

        AssertShows(test.Expect, emulator.Frame);
        Assert.Equal(test.Expect.GetProperty("bell").GetBoolean(), emulator.Frame.Bells > 0);
        Assert.Equal(test.Expect.GetProperty("host_hex").GetString(), Convert.ToHexStringLower(host.WrittenSpan));
    }

    public static IEnumerable<object[]> Differences => TerminalCase.Beyond.Names.Select(name => new object[] { name });

    /// <summary>Where we differ, the sequences that the table names are the whole difference.</summary>
    [Theory]
    [MemberData(nameof(Differences))]
    public void Without_the_sequences_that_stock_lacks_a_case_is_as_recorded(string name)
    {
        TerminalCase test = TerminalCase.Named(name);
        Emulator emulator = new(test.Columns, test.Rows);
        ArrayBufferWriter<byte> host = new();
        emulator.Write(TerminalCase.Beyond.WithoutFeatures(name, Assert.Single(test.Steps).Write));
        emulator.TakeReplies(host);
        AssertShows(test.Recorded, emulator.Frame);
        Assert.Equal(test.Recorded.GetProperty("host_hex").GetString(), Convert.ToHexStringLower(host.WrittenSpan));
        Assert.NotEqual(test.Recorded.ToString(), test.Expect.ToString());
    }

    [Fact]
    public void The_files_hold_the_cases_that_were_recorded() => Assert.Equal(413, TerminalCase.All.Count());

    internal static void AssertShows(JsonElement expect, Framebuffer frame)
    {
        // The stock server drew resize/to-20x5 wrong: after the bottom right cell it steps back from a column that the terminal never entered. Beside
        // what it showed, the case says what is right.
        string[] styled = Strings(expect.TryGetProperty("styled_alt", out JsonElement right) ? right : expect.GetProperty("styled"));
        string[] lines = Strings(expect.TryGetProperty("lines_alt", out right) ? right : expect.GetProperty("lines"));

        // Rows that are coloured but empty count as rows only in the styled form.
        Assert.Equal(ScreenText.WithoutEmptyEnd(lines), ScreenText.Lines(frame), StringComparer.Ordinal);
        Assert.Equal(styled, ScreenText.Styled(frame), StringComparer.Ordinal);
        int[] cursor = [frame.CursorColumn, frame.CursorRow];
        int[] alternative = expect.TryGetProperty("cursor_alt", out JsonElement alt) ? Integers(alt) : cursor;
        Assert.True(
            cursor.SequenceEqual(Integers(expect.GetProperty("cursor"))) || (cursor.SequenceEqual(alternative) && alt.ValueKind == JsonValueKind.Array),
            $"cursor {cursor[0]},{cursor[1]}, not {expect.GetProperty("cursor")}");
        Assert.Equal(expect.GetProperty("cursor_visible").GetBoolean(), frame.CursorVisible);
        Assert.Equal(expect.GetProperty("title").GetString() ?? "", Encoding.UTF8.GetString(frame.Title));
        Assert.Equal(expect.GetProperty("icon").GetString() ?? "", Encoding.UTF8.GetString(frame.IconName));
        Assert.Equal(Integers(expect.GetProperty("modes")), ScreenText.Modes(frame));
        Assert.Equal(expect.GetProperty("clipboard").GetString() ?? "", Encoding.UTF8.GetString(frame.Clipboard));
    }

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetInt32())];
}
