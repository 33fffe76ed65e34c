using MoshBroker.Cluster;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

public sealed class StoreHealthTests
{
    private readonly SteppedClock _clock = new();
    private readonly List<bool> _probes = [];
    private readonly List<string?> _told = [];
    private bool _isThere = true;

    private StoreHealth Health(int graceSeconds)
    {
        StoreHealth health = null!;
        health = new StoreHealth(
            isLost =>
            {
                _probes.Add(isLost);
                if (!_isThere) { throw new StoreUnavailableException("gone"); }
                health.OnAnswered();
                return Task.CompletedTask;
            },
            TimeSpan.FromSeconds(graceSeconds),
            _clock)
        {
            Changed = _told.Add,
        };
        return health;
    }

    [Fact]
    public void What_is_lost_is_told_after_its_grace_and_is_well_again_once_it_answers()
    {
        StoreHealth health = Health(graceSeconds: 5);
        _isThere = false;
        health.OnFailed("the disk is full");
        Assert.Null(health.NotReadyBecause);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(health.NotReadyBecause);
        _isThere = true;
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(health.NotReadyBecause);
        Assert.Equal(["the disk is full", null], _told);
        Assert.Equal([true, true], _probes);
    }

    [Fact]
    public void Whoever_asks_makes_it_look_but_not_more_than_every_ten_seconds()
    {
        StoreHealth health = Health(graceSeconds: 0);
        for (int second = 0; second < 60; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(health.NotReadyBecause);
        }

        Assert.Equal(6, _probes.Count);
        _isThere = false;
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("gone", health.NotReadyBecause);
    }

    private sealed class SteppedClock : TimeProvider
    {
        private TimeSpan _now = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
