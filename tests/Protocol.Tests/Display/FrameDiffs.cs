using System.Buffers;
using System.Text;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

public static class FrameDiffs
{
    /// <summary>Brings a client from one frame to another by the diff, and checks that it arrived. Returns the diff's length.</summary>
    public static int Apply(Framebuffer from, Framebuffer to, Emulator client)
    {
        ArrayBufferWriter<byte> diff = new();
        FrameDiff.Write(from, to, diff);
        Assert.Equal(to.ContentEquals(from), diff.WrittenCount == 0 && from.Columns == to.Columns && from.Rows == to.Rows);
        string before = ScreenText.Describe(client.Frame);
        client.Resize(to.Columns, to.Rows);
        client.Write(diff.WrittenSpan);
        Assert.False(client.HasReplies);
        Assert.True(client.IsAtRest);
        string expected = ScreenText.Describe(to);
        string shown = ScreenText.Describe(client.Frame);
        if (!string.Equals(expected, shown, StringComparison.Ordinal))
            Assert.Fail($"from\n{before}\nby {Encoding.UTF8.GetString(diff.WrittenSpan).Replace("\e", "^[", StringComparison.Ordinal)}\nexpected\n{expected}\nshown\n{shown}");
        return diff.WrittenCount;
    }
}
