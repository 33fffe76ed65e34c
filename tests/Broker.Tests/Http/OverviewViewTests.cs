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
    public void What_needs_attention_comes_with_its_evidence_the_worst_first()
    {
        SessionView Lost(int i) => SampleViews.Session($"{i:x8}", SessionState.Lost) with { Verdict = new VerdictView("silent", DateTimeOffset.UnixEpoch, "") };
        StandInFeed feed = new()
        {
            Sessions = [.. Enumerable.Range(0, 12).Select(Lost), SampleViews.Session("ffffffff")],
            Node = SampleViews.Node() with { Sessions = 900 },
            Detections = [SampleViews.Detection("auth_failure_burst", 7), SampleViews.Detection("old_replays", 6, isOver: true)],
        };

        Assert.Equal(
            ["/udp#detection-7", "/nodes", "/sessions?state=lost", "/sessions?verdict=path_lossy"],
            OverviewView.Of(feed).Attention.Select(view => view.Link));
    }

    [Fact]
    public void Of_a_quiet_broker_nothing_needs_attention()
    {
        Assert.Empty(OverviewView.Of(new StandInFeed { Sessions = [SampleViews.Session() with { Verdict = null }] }).Attention);
    }

    [Fact]
    public void Every_state_is_counted_even_at_zero()
    {
        OverviewView overview = OverviewView.Of(new StandInFeed());

        Assert.Equal(Enum.GetValues<SessionState>().Length, overview.States.Count);
        Assert.All(overview.States, count => Assert.Equal(0, count.Sessions));
    }
}
