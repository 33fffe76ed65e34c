using MoshBroker.Client.Display;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Tests;

public sealed class NotificationBarTests
{
    private static readonly MonoTime Start = new(1_000_000);

    [Theory]
    [InlineData(6500, "")]
    [InlineData(6501, "mosh: Last contact 6 seconds ago. [hint]")]
    [InlineData(59_999, "mosh: Last contact 59 seconds ago. [hint]")]
    [InlineData(60_000, "mosh: Last contact 1:00 ago. [hint]")]
    [InlineData(3_725_000, "mosh: Last contact 1:02:05 ago. [hint]")]
    public void A_silent_server_is_told(long age, string text) => Assert.Equal(text, new NotificationBar(Start, " [hint]").TextAt(Start.Plus(age)));

    [Fact]
    public void A_server_that_is_heard_but_does_not_answer_is_told_as_that()
    {
        NotificationBar bar = new(Start, "");
        bar.OnServerHeard(Start.Plus(9000));
        Assert.Equal("", bar.TextAt(Start.Plus(10_000)));
        Assert.Equal("mosh: Last reply 10 seconds ago.", bar.TextAt(Start.Plus(10_001)));
    }

    [Fact]
    public void A_message_goes_with_lateness_and_ends_after_a_second()
    {
        NotificationBar bar = new(Start, " [hint]");
        bar.Show(Start, "hello");
        Assert.Equal("mosh: hello [hint]", bar.TextAt(Start.Plus(999)));
        Assert.Equal("", bar.TextAt(Start.Plus(1000)));
        bar.Show(Start, "bye", isPermanent: true);
        Assert.Equal("mosh: bye (7 s without contact.) [hint]", bar.TextAt(Start.Plus(7000)));
    }

    [Fact]
    public void A_network_error_stays_a_second_longer_than_the_trouble()
    {
        NotificationBar bar = new(Start, "");
        bar.ShowNetworkError(Start, "sendto: no");
        Assert.NotEqual("", bar.TextAt(Start.Plus(3099)));
        bar.OnNetworkWell(Start.Plus(500));
        Assert.Equal("", bar.TextAt(Start.Plus(1500)));
    }

    [Fact]
    public void It_wakes_the_client_when_it_appears_and_at_each_second_of_it()
    {
        NotificationBar bar = new(Start, "");
        MonoTime now = Start;
        string before = "";
        for (int i = 0; i < 40; i++)
        {
            MonoTime next = bar.NextChange(now);
            Assert.True(next > now);
            // Nothing changes before the moment that it names.
            Assert.Equal(before, bar.TextAt(new MonoTime(next.Milliseconds - 1)));
            before = bar.TextAt(next);
            now = next;
        }

        // At 6.5 s, at each second after, and at 10.001 s, when the reply is late too.
        Assert.Equal(Start.Plus(44_000), now);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(300)]
    public void It_covers_the_first_row_whatever_its_width_and_hides_the_cursor_there(int columns)
    {
        Emulator screen = new(columns, 2, 0);
        screen.Write("ab"u8);
        NotificationBar bar = new(Start, "");
        bar.Show(Start, "日本" + new string('x', 200), isPermanent: true);
        NotificationBar.DrawOn(screen.Frame, bar.TextAt(Start));
        Assert.All(screen.Frame.Row(0).ToArray(), cell => Assert.Equal(Color.Palette(4), cell.Rendition.Background));
        Assert.Equal(screen.Frame.CursorRow != 0, screen.Frame.CursorVisible);
    }
}
