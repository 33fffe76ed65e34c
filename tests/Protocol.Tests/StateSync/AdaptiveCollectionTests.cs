using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

public sealed class AdaptiveCollectionTests : IDisposable
{
    private readonly SessionPair<TextState> _pair = new(seed: 1, new TextState(), new TextState());
    private int _written;

    public AdaptiveCollectionTests()
    {
        _pair.ToServer.MinDelay = _pair.ToServer.MaxDelay = 1;
        _pair.ToClient.MinDelay = _pair.ToClient.MaxDelay = 1;
        _pair.Input.Append("x"u8);
        Write();
        _pair.Run(2000);
    }

    [Fact]
    public void A_change_that_settled_is_sent_at_once()
    {
        int before = _pair.DatagramsToClient;
        Write();
        _pair.Run(1);
        _pair.Server.LocalSettled(_pair.Clock.Now);
        _pair.Transmit();

        Assert.Equal(before + 1, _pair.DatagramsToClient);
    }

    [Fact]
    public void On_a_long_path_a_settled_change_still_waits_for_what_may_come_with_it()
    {
        _pair.ToServer.MinDelay = _pair.ToServer.MaxDelay = _pair.ToClient.MinDelay = _pair.ToClient.MaxDelay = 250;
        for (int i = 0; i < 30; i++)
        {
            Write();
            _pair.Input.Append("x"u8);
            _pair.Run(1000);
        }

        int before = _pair.DatagramsToClient;
        Write();
        _pair.Run(1);
        _pair.Server.LocalSettled(_pair.Clock.Now);
        _pair.Run(4);
        Assert.Equal(before, _pair.DatagramsToClient);
        _pair.Run(2);
        Assert.Equal(before + 1, _pair.DatagramsToClient);
    }

    [Fact]
    public void A_change_that_does_not_settle_is_sent_after_eight_milliseconds()
    {
        int before = _pair.DatagramsToClient;
        Write();
        _pair.Run(7);
        Assert.Equal(before, _pair.DatagramsToClient);
        _pair.Run(1);
        Assert.Equal(before + 1, _pair.DatagramsToClient);
    }

    [Fact]
    public void That_nothing_changed_and_settled_says_nothing_of_the_next_change()
    {
        _pair.Server.LocalSettled(_pair.Clock.Now);
        int before = _pair.DatagramsToClient;
        Write();
        _pair.Run(7);

        Assert.Equal(before, _pair.DatagramsToClient);
    }

    [Fact]
    public void Output_at_any_steady_pace_makes_no_more_frames_than_a_fixed_delay_does()
    {
        for (int pace = 1; pace <= 60; pace++)
        {
            int settling = Frames(pace, settles: true);
            int plain = Frames(pace, settles: false);
            Assert.True(settling <= plain + 1, $"a line every {pace} ms: {settling} frames, not {plain}");
        }
    }

    public void Dispose() => _pair.Dispose();

    private static int Frames(int pace, bool settles)
    {
        using AdaptiveCollectionTests run = new();
        QuietClock quiet = new();
        MonoTime end = run._pair.Clock.Now.Plus(5000);
        MonoTime line = run._pair.Clock.Now;
        int before = run._pair.DatagramsToClient;
        while (run._pair.Clock.Now < end)
        {
            if (run._pair.Clock.Now >= line)
            {
                run.Write();
                quiet.OnOutput(run._pair.Clock.Now);
                line = line.Plus(pace);
            }

            if (quiet.Advance(run._pair.Clock.Now) && settles) { run._pair.Server.LocalSettled(run._pair.Clock.Now); }
            run._pair.Run(1);
        }

        return run._pair.DatagramsToClient - before;
    }

    private void Write() => _pair.Screen.Set(BitConverter.GetBytes(++_written));
}
