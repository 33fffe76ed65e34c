using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Client.Prediction;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Tests;

public sealed partial class ScreenProperties
{
    // No bell: several in one frame are sent as one.
    private static readonly string[] Outputs =
    [
        "a", "b", " ", "$ ", "\r", "\r\n", "\b", "\b \b", "日本", "e\u0301", "\e[K", "\e[2J", "\e[H", "\e[3;3H", "\e[44mx\e[K\e[m", "\e[1;31m", "\e[m", "\e[5X", "\e[2S", "\e[2M", "\e[2L",
        "long line that wraps around the edge of the screen ", "\e]0;title\a", "\e[?25l", "\e[?25h", "\e[?2004h", "\e[46m\e[2J", "~\r\n",
    ];

    private static readonly string[] Keys =
        ["a", "b", " ", "\r", "\x7f", "\t", "\e[D", "\e[C", "\e[A", "\eOC", "日", "\u0301", "é", "\x12", "\e", "\x01", "abc def", "\x7f\x7f", "\xff", "wxyz\e[D\e[D"];

    private static Gen<int[]> Steps => Gen.Choose(0, 999).ArrayOf();

    /// <summary>Whatever is typed, echoed, lost and late: nothing throws, and once all is acknowledged the user sees the server's screen.</summary>
    [Fact]
    public void When_all_is_acknowledged_the_screen_is_the_servers() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(
        Steps.ToArbitrary(), steps =>
        {
            PredictionMode mode = (PredictionMode)(steps.Length % 4);
            PredictionScenario scenario = new("$ ", mode, overwrites: steps.Length % 7 == 0, columns: 12, rows: 5);
            Emulator server = new(12, 5, 0);
            server.Write("$ "u8);
            foreach (int step in steps)
            {
                switch (step % 8)
                {
                    case 0 or 1 or 2: scenario.Type(Keys[step / 8 % Keys.Length]); break;
                    case 3 or 4:
                        string output = Outputs[step / 8 % Outputs.Length];
                        server.Write(Encoding.UTF8.GetBytes(output));
                        scenario.Server(output);
                        break;
                    case 5: scenario.Ack(); break;
                    case 6: scenario.Pass(step); break;
                    default: scenario.FrameInterval = 20 + (step % 230); break;
                }
            }

            scenario.Bar.OnServerHeard(scenario.Now);
            scenario.Bar.OnReply(scenario.Now);
            scenario.Ack().Ack();
            for (int row = 0; row < 5; row++)
            {
                if (server.Frame.RowText(row) != scenario.Terminal.RowText(row)) { return false; }
            }

            return scenario.Cursor == (server.Frame.CursorRow, server.Frame.CursorColumn);
        }));

    /// <summary>A terminal that can't erase in colour, has no ECH or does not scroll is not asked to, and shows the same.</summary>
    [Fact]
    public void A_terminal_is_asked_only_for_what_it_can_do() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(
        Steps.ToArbitrary(), Steps.ToArbitrary(), (first, second) =>
        {
            TerminalAbilities abilities = (TerminalAbilities)((first.Length + (3 * second.Length)) % 8);
            Emulator server = new(14, 6, 0);
            Emulator terminal = new(14, 6, 0);
            Framebuffer from = server.Frame.Snapshot();
            foreach (int[] steps in (int[][])[first, second])
            {
                foreach (int step in steps) { server.Write(Encoding.UTF8.GetBytes(Outputs[step % Outputs.Length])); }
                ArrayBufferWriter<byte> bytes = new();
                FrameDiff.Write(from, server.Frame, abilities, bytes);
                string text = Encoding.UTF8.GetString(bytes.WrittenSpan);
                Assert.True(IsWithin(text, abilities), $"{abilities} was sent {text.Replace("\e", "ESC")}");
                terminal.Write(bytes.WrittenSpan);
                Assert.True(terminal.Frame.ContentEquals(server.Frame), $"{abilities} shows something else after {text.Replace("\e", "ESC")}");
                from.Release();
                from = server.Frame.Snapshot();
            }

            return true;
        }));

    private static bool IsWithin(string text, TerminalAbilities abilities)
    {
        bool isColored = false;
        foreach (Match match in Sequence().Matches(text))
        {
            string parameters = match.Groups[1].Value;
            switch (match.Groups[2].Value)
            {
                case "m":
                    foreach (string number in parameters.Split(';'))
                    {
                        if (number is "" or "0" or "49") { isColored = false; }
                        else if (number.Length == 2 && number[0] == '4' && number[1] is >= '0' and <= '8') { isColored = true; }
                    }

                    break;
                case "K" or "J" when isColored && !abilities.HasFlag(TerminalAbilities.EraseInBackground):
                    return false;
                case "X" when !abilities.HasFlag(TerminalAbilities.EraseCharacters) || (isColored && !abilities.HasFlag(TerminalAbilities.EraseInBackground)):
                    return false;
                case "S" or "T" or "L" or "M" when !abilities.HasFlag(TerminalAbilities.Scroll) || (isColored && !abilities.HasFlag(TerminalAbilities.EraseInBackground)):
                    return false;
            }
        }

        return true;
    }

    [GeneratedRegex(@"\e\[([0-9;]*)([A-Za-z])")]
    private static partial Regex Sequence();
}
