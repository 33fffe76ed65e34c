using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>What counts without growing.</summary>
public sealed class SketchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void About_so_many_different_things_are_counted_as_there_were(int things)
    {
        HyperLogLog sketch = new();
        for (int round = 0; round < 2; round++)
        {
            for (int thing = 0; thing < things; thing++) { sketch.Add(KeyedHash.Of((ulong)thing, 42)); }
        }

        Assert.InRange(sketch.Estimate(), things * 0.92, things * 1.08);
    }

    [Fact]
    public void Networks_are_forgotten_after_five_minutes()
    {
        RecentPrefixes prefixes = new();
        MonoTime now = new(86_400_000);
        for (int i = 0; i < 1000; i++) { prefixes.Add(now, KeyedHash.Of((ulong)i, 1)); }
        Assert.InRange(prefixes.Estimate(now.Plus(265_000)), 920, 1080);
        Assert.Equal(0, prefixes.Estimate(now.Plus(305_000)));
        Assert.Equal(0, prefixes.Estimate(now.Plus(100_000_000)));
    }

    [Fact]
    public void Whoever_makes_a_tenth_of_a_flood_is_named_however_many_invented_ones_there_are()
    {
        TopTalkers<ulong> talkers = new();
        Random random = new(1);
        for (int i = 0; i < 100_000; i++) { talkers.Add(i % 10 == 0 ? 7 : (ulong)random.NextInt64()); }
        CountOf<ulong> first = talkers.Top(8)[0];
        Assert.Equal(7UL, first.Item);
        Assert.InRange(first.Count, 9000, 10_000);
    }

    [Fact]
    public void The_past_weighs_half_and_then_nothing()
    {
        TopTalkers<string> talkers = new();
        talkers.Add("a", 8);
        talkers.Add("b");
        talkers.Fade();
        Assert.Equal([new CountOf<string>("a", 4)], talkers.Top(8));
        for (int i = 0; i < 4; i++) { talkers.Fade(); }
        Assert.Empty(talkers.Top(8));
    }

    [Fact]
    public void A_window_holds_what_fell_into_it_and_no_more()
    {
        EventWindow window = new(1000, 10);
        MonoTime now = new(86_400_000);
        for (int second = 0; second < 30; second++) { window.Add(now.Plus(second * 1000), second); }
        Assert.Equal(Enumerable.Range(20, 10).Sum(), window.Sum(now.Plus(29_000)));
        Assert.Equal(Enumerable.Range(20, 8).Sum(), window.Sum(now.Plus(29_000), butNewest: 2));
        Assert.Equal(29, window.Sum(now.Plus(38_000)));
        Assert.Equal(0, window.Sum(now.Plus(39_000)));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_stranger_s_datagram()
    {
        using MoshBroker.Telemetry.BrokerMetrics metrics = new();
        ulong next = 1;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                UdpAddress source = new(new UInt128(0x2001_0db8_0000_0000 + (next++ << 16), 1), 4000, 0);
                metrics.Lookout.AuthFailed(source, MoshBroker.Telemetry.PeerClass.Unknown, "cafe0001");
                metrics.Lookout.Tripped(source);
                metrics.Lookout.Filter.IsBlocked(new MonoTime((long)next), source.Network);
            }
        }));
    }
}
