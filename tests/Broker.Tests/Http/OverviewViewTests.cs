using MoshBroker.Dashboard.Feed;
using Xunit;

namespace MoshBroker.Broker.Tests.Http;

public sealed class OverviewViewTests
{
    [Theory]
    [InlineData("198.51.100.7:40112", "198.51.100.0/24")]
    [InlineData("[2001:db8:1:2::7]:1", "2001:db8:1::/48")]
    [InlineData("[::ffff:198.51.100.7]:1", "198.51.100.0/24")]
    [InlineData(null, "–")]
    [InlineData("nonsense", "–")]
    public void A_client_is_shown_by_its_network(string? peer, string network)
    {
        Assert.Equal(network, SessionLine.NetworkOf(peer));
    }

    [Fact]
    public void Live_sessions_come_first_and_the_latest_on_top()
    {
        DateTimeOffset start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
        SessionView At(string id, int minute, SessionState state = SessionState.Attached) =>
            SampleViews.Session(id, state) with { CreatedAt = start.AddMinutes(minute) };
        StandInFeed feed = new() { Sessions = [At("a", 0), At("b", 1, SessionState.Ended), At("c", 2)] };

        Assert.Equal(["c", "a", "b"], OverviewView.Of(feed).Sessions.Select(line => line.Id));
    }

    [Fact]
    public void A_page_is_bounded_and_says_what_it_hides()
    {
        StandInFeed feed = new() { Sessions = [.. Enumerable.Range(0, 1000).Select(i => SampleViews.Session($"{i:x8}"))] };
        OverviewView overview = OverviewView.Of(feed);

        Assert.Equal((OverviewView.MaxRows, 1000 - OverviewView.MaxRows), (overview.Sessions.Count, overview.Hidden));
        Assert.Equal(1000, overview.States.Single(count => count.State == "attached").Sessions);
    }

    [Fact]
    public void Every_state_is_counted_even_at_zero()
    {
        OverviewView overview = OverviewView.Of(new StandInFeed());

        Assert.Equal(Enum.GetValues<SessionState>().Length, overview.States.Count);
        Assert.All(overview.States, count => Assert.Equal(0, count.Sessions));
    }
}
