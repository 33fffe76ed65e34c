using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>Whatever programs write, stock's client is only sent what stock's emulator knows.</summary>
public sealed class FrameDiffFeatureProperties
{
    private static readonly string[] Pieces =
    [
        "\e[?1049h", "\e[?1049l", "\e[?47h", "\e[?47l", "\e[?1047h", "\e[?1047l", "\e[?1048h", "\e[?1048l", "\e[?2026h", "\e[?2026l",
        "\e(0", "\e(B", "\e)0", "\x0e", "\x0f", "lqqk", "x  x", "\e[3b", "\e[700b", "\e[2E", "\e[F", "\e[3a", "\e[2e", "\e[s", "\e[u", "\e7", "\e8",
        "\e[38:2::1:2:3m", "\e[48:5:9m", "\e[4:3m", "\e[2m", "\e[9m", "\e[21m", "\e[53m", "\e[58;5;3m", "\e[0m", "\e[1;31m", "\e[7m", "\e[44m",
        "\e[3J", "\e[2J", "\e[K", "\e[J", "\e[5 q", "\e]8;;http://example.org\e\\", "\e]8;;\a", "\e[>4;2m", "\e[>1u", "\e[?u", "\e[?2026$p", "\e[c", "\e[6n",
        "\ec", "\e[!p", "\e[3;6r", "\e[r", "\e[?6h", "\e[?6l", "\e[4h", "\e[4l", "\e[?7l", "\e[?7h", "\eD", "\eM", "\r\n", "\n\n", "\t", "\e[3S", "\e[2T", "\e[L", "\e[2M",
        "\e[4;7H", "\e[H", "\e[99;99H", "\e[@", "\e[2P", "\e[4X", "text ", "中文", "e\u0301", "\u0301", "🙂", "\e#8", "\a", "\e]0;title\a", "\e]52;c;aGk=\a", "\e[?25l", "\e[?25h",
        "\e[?1002h", "\e[?1006h", "\e[?1002l", "\e[?2004h", "\e[?5h", "\e[?5l", "\e[?3h", "\e[3g", "\eH", "\eP$qm\e\\", "\e[", "\u009b", "~",
    ];

    [Fact]
    public void A_diff_contains_only_what_stock_knows_and_leads_to_the_screen_that_may_be_shown()
    {
        Gen<string> stream = Gen.Elements(Pieces).ArrayOf(400).Select(string.Concat);
        Gen<(string, int, int, int)> scenario =
            from text in stream
            from columns in Gen.Choose(1, 30)
            from rows in Gen.Choose(1, 9)
            from seed in Gen.Choose(0, 1_000_000)
            select (text, columns, rows, seed);
        Prop.ForAll(scenario.ToArbitrary(), s => Check(s.Item1, s.Item2, s.Item3, new Random(s.Item4))).QuickCheckThrowOnFailure();
    }

    private static void Check(string stream, int columns, int rows, Random random)
    {
        Emulator server = new(columns, rows);
        ArrayBufferWriter<byte> sink = new();
        List<(Framebuffer Frame, Emulator Client)> held = [(server.Shown.Snapshot(), new Emulator(columns, rows, scrollbackRows: 0))];
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - at, random.Next(1, 200));
            server.Write(bytes.AsSpan(at, length));
            server.TakeReplies(sink);
            at += length;
            if (random.Next(8) == 0)
                server.Resize(random.Next(1, 30), random.Next(1, 9));
            if (random.Next(8) == 0)
                server.EndSynchronizedUpdate();

            (Framebuffer from, Emulator old) = held[random.Next(Math.Max(0, held.Count - 4), held.Count)];
            ArrayBufferWriter<byte> diff = new();
            FrameDiff.Write(from, server.Shown, diff);
            StockBytes.AssertOnly(diff.WrittenSpan);
            Emulator client = old.Clone();
            client.Resize(server.Shown.Columns, server.Shown.Rows);
            client.Write(diff.WrittenSpan);
            Assert.False(client.HasReplies);
            Assert.True(client.IsAtRest);
            Assert.Equal(Visible(server.Shown), Visible(client.Frame));
            Assert.False(client.IsAlternateScreen);
            Assert.False(client.IsUpdating);
            Assert.Equal(0, client.Scrollback.Count);
            held.Add((server.Shown.Snapshot(), client));
        }
    }

    /// <summary>Without which rows go on in the next: with characters of disputed width at the end, that can't be told.</summary>
    private static string Visible(Framebuffer frame) => ScreenText.Describe(frame).Replace("~\n", "\n", StringComparison.Ordinal);
}
