using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>DECRQM: 0 not known, 1 set, 2 reset.</summary>
public sealed class ModeReportTests
{
    [Theory]
    [InlineData("\e[?2026$p", "\e[?2026;2$y")]
    [InlineData("\e[?2026h\e[?2026$p", "\e[?2026;1$y")]
    [InlineData("\e[?2026h\e[?2026l\e[?2026$p", "\e[?2026;2$y")]
    [InlineData("\e[?25$p\e[?25l\e[?25$p", "\e[?25;1$y\e[?25;2$y")]
    [InlineData("\e[?1049$p\e[?1049h\e[?1049$p", "\e[?1049;2$y\e[?1049;1$y")]
    [InlineData("\e[?1002h\e[?1000$p\e[?1002$p", "\e[?1000;2$y\e[?1002;1$y")]
    [InlineData("\e[?2004h\e[?2004$p\e[?7$p", "\e[?2004;1$y\e[?7;1$y")]
    [InlineData("\e[?2027$p\e[?2048$p", "\e[?2027;0$y\e[?2048;0$y")]
    [InlineData("\e[4h\e[4$p\e[20$p", "\e[4;1$y\e[20;0$y")]
    [InlineData("\e[>q\e[=c\e[?u\e[?996n\eP$qm\e\\\eP+q544e\e\\\e]10;?\a\e[18t", "")]
    public void The_program_is_answered(string request, string reply)
    {
        TestTerminal terminal = new(80, 24);
        Assert.Equal(reply, terminal.Write(request).Replies);
    }
}
