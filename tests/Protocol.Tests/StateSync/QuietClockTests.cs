using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

public class QuietClockTests
{
    private readonly ManualClock _clock = new();
    private readonly QuietClock _quiet = new();

    [Fact]
    public void The_echo_of_a_key_is_over_after_a_millisecond()
    {
        _quiet.OnOutput(_clock.Now);

        Assert.False(_quiet.Advance(_clock.Now));
        _clock.Advance(1);
        Assert.Equal(_clock.Now, _quiet.NextTimeout);
        Assert.True(_quiet.Advance(_clock.Now));
        Assert.False(_quiet.Advance(_clock.Now));
        Assert.Null(_quiet.NextTimeout);
    }

    [Fact]
    public void A_program_that_draws_in_steps_is_waited_for_after_its_first_burst()
    {
        Burst(0, 3);

        _quiet.OnOutput(_clock.Now);
        Assert.Equal(4, _quiet.QuietTime);
        _clock.Advance(3);
        Assert.False(_quiet.Advance(_clock.Now));
        _quiet.OnOutput(_clock.Now);
        _clock.Advance(4);
        Assert.True(_quiet.Advance(_clock.Now));
    }

    [Fact]
    public void Pauses_are_forgotten_when_they_do_not_come_again()
    {
        Burst(0, 6);
        for (int i = 0; i < 4; i++) { Burst(0); }

        _quiet.OnOutput(_clock.Now);
        Assert.Equal(1, _quiet.QuietTime);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public void Output_that_goes_on_is_not_quiet(int pause)
    {
        int settled = 0;
        for (int i = 0; i < 1000; i++)
        {
            _quiet.OnOutput(_clock.Now);
            _clock.Advance(pause);
            if (_quiet.Advance(_clock.Now)) { settled++; }
        }

        Assert.InRange(settled, 0, 8); // Until the first burst is over and its pauses are known.
    }

    private void Burst(params int[] pauses)
    {
        foreach (int pause in pauses)
        {
            _clock.Advance(pause);
            _quiet.OnOutput(_clock.Now);
        }

        _clock.Advance(100);
        _quiet.Advance(_clock.Now);
    }
}
