using System.Buffers;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>The recorded terminal cases once more, brought to a second emulator by diffs.</summary>
public sealed class FrameDiffVectorTests
{
    public static IEnumerable<object[]> Cases => TerminalCase.Names;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_client_that_follows_by_diffs_shows_the_same_screen(string name)
    {
        TerminalCase test = TerminalCase.Named(name);
        Random random = new(name.Length * 7919 + test.Columns);
        Emulator server = new(test.Columns, test.Rows);

        // As a transport has them: older states that both ends hold, and diffs from any of them.
        List<(Framebuffer Frame, Emulator Client)> held = [(server.Frame.Snapshot(), new Emulator(test.Columns, test.Rows))];
        foreach (TerminalCase.Step step in test.Steps)
        {
            byte[] write = step.Write ?? [];
            for (int at = 0; at < write.Length;)
            {
                int length = Math.Min(write.Length - at, random.Next(1, 60));
                server.Write(write.AsSpan(at, length));
                at += length;
                Follow();
            }

            if (step.Size is { } size)
            {
                server.Resize(size.Columns, size.Rows);
                Follow();
            }
        }

        Follow();
        TerminalVectorTests.AssertShows(test.Expect, held[^1].Client.Frame);

        ArrayBufferWriter<byte> whole = new();
        FrameDiff.WriteFromBlank(server.Frame, whole);
        Emulator blank = new(server.Frame.Columns, server.Frame.Rows);
        blank.Write(whole.WrittenSpan);
        Assert.Equal(ScreenText.Describe(server.Frame), ScreenText.Describe(blank.Frame));

        void Follow()
        {
            (Framebuffer from, Emulator old) = held[random.Next(Math.Max(0, held.Count - 4), held.Count)];
            Emulator client = old.Clone();
            FrameDiffs.Apply(from, server.Frame, client);
            held.Add((server.Frame.Snapshot(), client));
        }
    }
}
