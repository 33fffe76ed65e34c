using MoshBroker.Protocol.StateSync;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

public class UplinkLossTests
{
    private readonly UplinkLoss _loss = new();
    private readonly HashSet<ulong> _came = [];
    private ulong _next;

    [Fact]
    public void What_is_missing_when_64_later_ones_came_is_lost()
    {
        Come(0);
        Come(2);
        for (ulong number = 3; number < 65; number++) { Come(number); }
        Assert.Equal(0u, _loss.Lost);
        Come(65);
        Assert.Equal((66u, 1u, 0u), (_loss.Expected, _loss.Lost, _loss.Outage));
    }

    [Fact]
    public void What_comes_late_but_within_the_window_is_not_lost()
    {
        Come(0);
        Come(64);
        for (ulong number = 1; number < 64; number++) { Come(number); }
        for (ulong number = 65; number < 300; number++) { Come(number); }
        Assert.Equal((300u, 0u), (_loss.Expected, _loss.Lost));
    }

    [Fact]
    public void A_gap_across_a_silence_is_an_outage_and_what_is_lost_beside_it_is_not()
    {
        Come(0);
        Come(2);
        Come(40, silence: UplinkLoss.OutageSilence + 1);
        Come(42);
        _loss.Settle();
        Assert.Equal((43u, 2u, 37u), (_loss.Expected, _loss.Lost, _loss.Outage));
    }

    [Fact]
    public void A_long_gap_counts_whole()
    {
        Come(0);
        Come(1000);
        _loss.Settle();
        Come(11_001, silence: 600_000);
        _loss.Settle();
        Assert.Equal((11_002u, 999u, 10_000u), (_loss.Expected, _loss.Lost, _loss.Outage));
    }

    [Fact]
    public void A_new_epoch_is_no_loss()
    {
        Come(5);
        Come(7UL << 32);
        _loss.Settle();
        Assert.Equal(5u, _loss.Lost);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_network_does_the_lost_are_those_that_never_came(int seed)
    {
        Random random = new(seed);
        List<(double Arrival, ulong Number)> arrivals = [];
        ulong dropped = 0;
        for (ulong number = 0; number < 20_000; number++)
        {
            bool isLast = number == 19_999;
            if (!isLast && random.NextDouble() < 0.2) { dropped++; }
            else { arrivals.Add((number + (random.NextDouble() * 60), number)); }
            if (!isLast && random.NextDouble() < 0.05) { arrivals.Add((number + 30 + (random.NextDouble() * 30), number)); }
        }

        // A duplicate may have stood in for an original that was dropped.
        ulong neverCame = 20_000 - (ulong)arrivals.Select(arrival => arrival.Number).Distinct().Count();
        foreach ((double _, ulong number) in arrivals.Order()) { Come(number); }
        _loss.Settle();
        Assert.InRange(neverCame, 1u, dropped);
        Assert.Equal((neverCame, 0u, _next), (_loss.Lost, _loss.Outage, _loss.Expected));
    }

    private void Come(ulong number, long silence = 20)
    {
        if (number >= _next)
        {
            _loss.OnFresh(number - _next, silence);
            _next = number + 1;
        }
        else if (_came.Add(number))
        {
            _loss.OnLate(_next - 1 - number);
        }

        _came.Add(number);
    }
}
