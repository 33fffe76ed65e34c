using System.Net;
using MoshBroker.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class NetworkSetTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_prefix_holds_its_first_and_last_address_and_no_neighbour(string prefix, string first, string last)
    {
        NetworkSet set = Of(prefix);
        AddressRange range = Assert.Single(set.Ranges);

        Assert.True(set.Contains(IPAddress.Parse(first)) && set.Contains(IPAddress.Parse(last)));
        Assert.False(set.Contains(range.Low - 1) || set.Contains(range.High + 1));
        Assert.Equal(prefix.Contains('/', StringComparison.Ordinal) ? prefix : $"{prefix}/32", set.ToString());
    }

    [Fact]
    public void All_of_IPv6_holds_no_IPv4()
    {
        NetworkSet six = Of("::/0");

        Assert.True(six.Contains(IPAddress.Parse("2001:db8::1")));
        Assert.False(six.Contains(IPAddress.Parse("10.1.2.3")) || six.Contains(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.True(Of("::/0", "0.0.0.0/0").Contains(IPAddress.Parse("10.1.2.3")));
    }

    [Fact]
    public void Any_set_agrees_with_its_prefixes_and_an_intersection_with_both()
    {
        Random random = new(42);
        for (int round = 0; round < 300; round++)
        {
            (NetworkSet a, List<AddressRange> rangesOfA) = Any(random);
            (NetworkSet b, List<AddressRange> rangesOfB) = Any(random);
            NetworkSet both = a.Intersect(b);
            NetworkSet again = Of([.. a.Ranges.SelectMany(range => range.ToPrefixes())]);
            for (int probe = 0; probe < 100; probe++)
            {
                UInt128 address = AddressRange.Value(new IPAddress((long)random.Next(256) << 24 | 10));
                bool inA = rangesOfA.Exists(range => address >= range.Low && address <= range.High);
                bool inB = rangesOfB.Exists(range => address >= range.Low && address <= range.High);
                Assert.Equal((inA, inB, inA && inB, inA), (a.Contains(address), b.Contains(address), both.Contains(address), again.Contains(address)));
            }
        }
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        NetworkSet set = Of([.. Enumerable.Range(0, 1000).Select(i => $"10.{i / 256}.{i % 256}.0/25")]);
        UInt128 address = AddressRange.Value(IPAddress.Parse("10.2.200.7"));
        int found = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 10_000; i++) { found += set.Contains(address) ? 1 : 0; }
        }));
        Assert.Equal(50_000, found);
    }

    private static NetworkSet Of(params string[] prefixes) => NetworkSet.Of(prefixes.Select(prefix =>
    {
        Assert.Null(AddressRange.Parse(prefix, out AddressRange range));
        return range;
    }));

    private static (NetworkSet Set, List<AddressRange> Ranges) Any(Random random)
    {
        List<AddressRange> ranges = [];
        for (int i = random.Next(1, 12); i > 0; i--)
        {
            int length = random.Next(24, 33);
            uint last = (uint)random.Next(256) & (uint)(0xFF << (32 - length));
            Assert.Null(AddressRange.Parse($"10.0.0.{last & 0xFF}/{length}", out AddressRange range));
            ranges.Add(range);
        }

        return (NetworkSet.Of(ranges), ranges);
    }
}
