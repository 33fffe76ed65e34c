using MoshBroker.Protocol.StateSync;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

public sealed class FlapLimiterTests
{
    private readonly FlapLimiter _flaps = new();

    [Fact]
    public void A_move_back_within_a_minute_is_a_flap_and_a_move_on_is_none()
    {
        Assert.False(_flaps.IsFlap(At(0), 1, 2));
        Assert.False(_flaps.IsFlap(At(10), 2, 3));
        Assert.True(_flaps.IsFlap(At(20), 3, 1));
        Assert.False(_flaps.IsFlap(At(21), 1, 1));
    }

    [Fact]
    public void After_a_minute_the_old_network_is_a_new_one()
    {
        Assert.False(_flaps.IsFlap(At(0), 1, 2));
        Assert.False(_flaps.IsFlap(At(61), 2, 1));
    }

    [Fact]
    public void Wifi_and_mobile_and_back_twice_in_a_minute_is_not_too_much()
    {
        for (int i = 0; i < 4; i++) { _ = _flaps.IsFlap(At(15 * i), (ulong)(i % 2), (ulong)((i + 1) % 2)); }

        Assert.False(_flaps.IsTooMuch(At(60)));
    }

    [Fact]
    public void More_than_four_flaps_in_a_minute_are_too_much_until_they_are_forgiven_or_past()
    {
        for (int i = 0; i < 6; i++) { _ = _flaps.IsFlap(At(5 * i), (ulong)(i % 2), (ulong)((i + 1) % 2)); }

        Assert.True(_flaps.IsTooMuch(At(30)));
        Assert.False(_flaps.IsTooMuch(At(90)));
        _flaps.Forgive();
        Assert.False(_flaps.IsTooMuch(At(30)));
    }

    private static MonoTime At(int seconds) => new(1_000_000 + (1000L * seconds));
}
