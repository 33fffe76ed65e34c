using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>The diff from any frame to any other, applied to the first, gives the second; and the ways to draw a frame on nothing.</summary>
public sealed class FrameDiffProperties
{
    [Fact]
    public void The_diff_from_a_to_b_applied_to_a_gives_b() => Check(400, stream =>
    {
        // As a transport has them: older states that both ends hold, and a diff from one of them.
        Emulator server = stream.NewTerminal();
        List<(Framebuffer Frame, Emulator Client)> held = [(server.Frame.Snapshot(), new Emulator(server.Frame.Columns, server.Frame.Rows))];
        foreach (int number in stream.Numbers)
        {
            NoisyTerminal.Feed(server, number);
            (Framebuffer from, Emulator old) = held[Math.Max(0, held.Count - 1 - (number / 7 % 4))];
            Emulator client = old.Clone();
            FrameDiffs.Apply(from, server.Frame, client);
            held.Add((server.Frame.Snapshot(), client));
        }
    });

    [Fact]
    public void The_diff_between_frames_of_two_terminals_applied_to_the_first_gives_the_second() => Check(150, stream =>
    {
        // Nothing shared, so that only contents can be compared.
        Emulator first = stream.NewTerminal();
        Emulator second = stream.NewTerminal();
        for (int i = 0; i < stream.Numbers.Length; i++)
            NoisyTerminal.Feed(i % 2 == 0 ? first : second, stream.Numbers[i]);
        Emulator client = new(first.Frame.Columns, first.Frame.Rows);
        FrameDiffs.Apply(client.Frame, first.Frame, client);
        FrameDiffs.Apply(first.Frame, second.Frame, client);
    });

    [Fact]
    public void Any_frame_is_drawn_on_a_blank_screen() => Check(150, stream =>
    {
        Emulator server = stream.NewTerminal();
        foreach (int number in stream.Numbers)
            NoisyTerminal.Feed(server, number);
        ArrayBufferWriter<byte> bytes = new();
        FrameDiff.WriteFromBlank(server.Frame, bytes);
        AssertDraws(server, new Emulator(server.Frame.Columns, server.Frame.Rows), bytes.WrittenSpan);
    });

    [Fact]
    public void Any_frame_is_drawn_on_a_screen_of_which_nothing_is_known() => Check(150, stream =>
    {
        Emulator server = stream.NewTerminal();
        Emulator client = stream.NewTerminal();
        for (int i = 0; i < stream.Numbers.Length; i++)
            NoisyTerminal.Feed(i % 2 == 0 ? server : client, stream.Numbers[i]);
        client.TakeReplies(new ArrayBufferWriter<byte>());
        client.Resize(server.Frame.Columns, server.Frame.Rows);
        ArrayBufferWriter<byte> bytes = new();
        FrameDiff.WriteUnknownBase(server.Frame, bytes);
        AssertDraws(server, client, bytes.WrittenSpan);
    });

    [Fact]
    public void A_cell_full_of_marks_on_nothing_reaches_the_client_whole()
    {
        Emulator server = new(10, 2);
        Emulator client = new(10, 2);
        for (int i = 0; i < 20; i++)
            server.Write(System.Text.Encoding.UTF8.GetBytes($"{(char)(0x300 + i)}"));
        FrameDiffs.Apply(client.Frame, server.Frame, client);
    }

    [Fact]
    public void A_row_that_went_on_moved_to_the_bottom_and_came_back_without_going_on_is_no_longer_marked()
    {
        Emulator server = new(5, 3);
        Emulator client = new(5, 3);
        foreach (string output in (string[])["\e[2;1H123456", "\e[H\eM", "\e[3;5H5\e[3;1H", "\n"])
        {
            Framebuffer from = server.Frame.Snapshot();
            server.Write(System.Text.Encoding.ASCII.GetBytes(output));
            FrameDiffs.Apply(from, server.Frame, client);
            from.Release();
        }

        Assert.Equal("12345", server.Frame.RowText(1));
        Assert.False(client.Frame.Row(1)[^1].Wraps);
    }

    private static void AssertDraws(Emulator server, Emulator client, ReadOnlySpan<byte> bytes)
    {
        client.Write(bytes);
        Assert.False(client.HasReplies);
        Assert.True(client.IsAtRest);
        Assert.Equal(ScreenText.Describe(server.Frame), ScreenText.Describe(client.Frame));
    }

    private static void Check(int count, Action<NoisyTerminal> law) => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(NoisyTerminal.Any, law));
}
