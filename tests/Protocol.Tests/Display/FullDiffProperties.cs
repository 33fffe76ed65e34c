using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>What a client of ours is sent beyond stock: faint and its like, hyperlinks, the cursor's shape. And that stock's is sent none of it.</summary>
public sealed class FullDiffProperties
{
    private const TerminalAbilities Full = TerminalAbilities.All | TerminalAbilities.Full;

    private static readonly string[] Pieces =
    [
        "\e[2m", "\e[9m", "\e[21m", "\e[53m", "\e[4:3m", "\e[4:4m", "\e[4:5m", "\e[4m", "\e[22m", "\e[24m", "\e[29m", "\e[55m", "\e[1m", "\e[0m", "\e[31m", "\e[44m", "\e[7m",
        "\e]8;;http://example.org\e\\", "\e]8;id=a;http://example.org/a?b;c\a", "\e]8;;\a", "\e]8;;\e\\", "\e]8;;file:///tmp/%20x\a", "\e]8;bad\a",
        "\e[0 q", "\e[2 q", "\e[5 q", "\e[6 q", "text ", "   ", "link", "中文", "e\u0301", "🙂", "\r\n", "\n\n", "\t", "\e[3S", "\e[2T", "\e[L", "\e[2M", "\e[@", "\e[2P", "\e[4X",
        "\e[K", "\e[J", "\e[2J", "\e[4;7H", "\e[H", "\e[99;99H", "\ec", "\e[!p", "\e7", "\e8", "\e[?1049h", "\e[?1049l", "\e[20b", "\e#8", "\e[2;4r", "\e[r", "\e[4h", "\e[4l",
    ];

    [Fact]
    public void The_full_diff_from_a_to_b_applied_to_a_gives_b_with_links_faint_text_and_the_cursors_shape() => Check(60, (server, held, random) =>
    {
        (Framebuffer from, Emulator old) = held[random.Next(Math.Max(0, held.Count - 4), held.Count)];
        ArrayBufferWriter<byte> diff = new();
        FrameDiff.Write(from, server.Shown, Full, diff);
        Emulator client = old.Clone();
        client.Resize(server.Shown.Columns, server.Shown.Rows);
        client.Write(diff.WrittenSpan);
        AssertShows(server, client);
        Assert.Equal(server.Shown.ContentEquals(from, isFull: true), diff.WrittenCount == 0 && from.Columns == server.Shown.Columns && from.Rows == server.Shown.Rows);
        held.Add((server.Shown.Snapshot(), client));
    });

    [Fact]
    public void A_full_frame_is_drawn_on_a_blank_screen_and_on_one_of_which_nothing_is_known() => Check(30, (server, held, random) =>
    {
        ArrayBufferWriter<byte> diff = new();
        FrameDiff.WriteFromBlank(server.Shown, diff, Full);
        Emulator blank = new(server.Shown.Columns, server.Shown.Rows, scrollbackRows: 0);
        blank.Write(diff.WrittenSpan);
        AssertShows(server, blank);

        diff.ResetWrittenCount();
        FrameDiff.WriteUnknownBase(server.Shown, diff, Full);
        Emulator unknown = held[^1].Client.Clone();
        unknown.Resize(server.Shown.Columns, server.Shown.Rows);
        unknown.Write(diff.WrittenSpan);
        AssertShows(server, unknown);
        held.Add((server.Shown.Snapshot(), unknown));
    });

    [Fact]
    public void Stock_is_sent_nothing_of_it() => Check(30, (server, held, random) =>
    {
        ArrayBufferWriter<byte> diff = new();
        FrameDiff.Write(held[^1].Frame, server.Shown, diff);
        StockBytes.AssertOnly(diff.WrittenSpan);
        Assert.True(diff.WrittenSpan.IndexOf("\e]8"u8) < 0);
        held.Add((server.Shown.Snapshot(), held[^1].Client));
    });

    [Fact]
    public void Links_of_endless_output_are_bounded_and_those_on_the_screen_stay()
    {
        Emulator terminal = new(20, 4);
        Framebuffer kept = terminal.Frame.Snapshot();
        for (int i = 0; i < 20_000; i++)
            terminal.Write(Encoding.ASCII.GetBytes($"\e]8;;http://example.org/{i}\aX\e]8;;\a"));
        Assert.InRange(terminal.Frame.Memory.Links.Live, 1, 4096);
        Assert.InRange(terminal.Frame.Memory.Links.ByteSize, 1, 400 * 1024);
        Assert.Equal(";http://example.org/19999", Encoding.ASCII.GetString(terminal.Frame.Memory.Links[terminal.Frame.Row(3)[(20_000 - 1) % 20].Link]));
        Assert.Equal(0, kept.Row(0)[0].Link);

        terminal.Write(Encoding.ASCII.GetBytes($"\e[H\e]8;;http://example.org/{new string('a', 4000)}\aX"));
        Assert.Equal(0, terminal.Frame.Row(0)[0].Link);
    }

    private static void AssertShows(Emulator server, Emulator client)
    {
        Assert.False(client.HasReplies);
        Assert.True(client.IsAtRest);
        Assert.Equal(0, client.Frame.State.Link);
        string expected = Visible(server.Shown);
        string shown = Visible(client.Frame);
        if (!string.Equals(expected, shown, StringComparison.Ordinal))
            Assert.Fail($"expected\n{expected}\nshown\n{shown}");
    }

    /// <summary>Without which rows go on in the next: with characters of disputed width at the end, that can't be told.</summary>
    private static string Visible(Framebuffer frame) => ScreenText.Describe(frame, isFull: true).Replace("~\n", "\n", StringComparison.Ordinal);

    private static void Check(int count, Action<Emulator, List<(Framebuffer Frame, Emulator Client)>, Random> law)
    {
        Gen<(string Text, int Columns, int Rows, int Seed)> scenario =
            from text in Gen.Elements(Pieces).ArrayOf(200).Select(string.Concat)
            from columns in Gen.Choose(1, 30)
            from rows in Gen.Choose(1, 9)
            from seed in Gen.Choose(0, 1_000_000)
            select (text, columns, rows, seed);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(scenario.ToArbitrary(), s =>
        {
            Random random = new(s.Seed);
            Emulator server = new(s.Columns, s.Rows);
            ArrayBufferWriter<byte> sink = new();
            List<(Framebuffer Frame, Emulator Client)> held = [(server.Shown.Snapshot(), new Emulator(s.Columns, s.Rows, scrollbackRows: 0))];
            byte[] bytes = Encoding.UTF8.GetBytes(s.Text);
            for (int at = 0; at < bytes.Length;)
            {
                int length = Math.Min(bytes.Length - at, random.Next(1, 120));
                server.Write(bytes.AsSpan(at, length));
                server.TakeReplies(sink);
                at += length;
                if (random.Next(8) == 0)
                    server.Resize(random.Next(1, 30), random.Next(1, 9));
                law(server, held, random);
            }
        }));
    }
}
