using MoshBroker.FrontDoor;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

public sealed class RefusalSamplerTests
{
    [Fact]
    public void Five_lines_a_minute_about_a_user_and_the_next_says_how_many_were_passed_over()
    {
        Watch clock = new();
        RefusalSampler sampler = new(clock);
        Assert.Equal([0, 0, 0, 0, 0, null, null], Enumerable.Range(0, 7).Select(_ => sampler.Take(1000)));
        Assert.Equal(0, sampler.Take(1001));
        clock.Minutes++;
        Assert.Equal(2, sampler.Take(1000));
        Assert.Equal(0, sampler.Take(1000));
    }

    private sealed class Watch : TimeProvider
    {
        public int Minutes { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Minutes * 60;
    }
}
