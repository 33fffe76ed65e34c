using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>What an end measures of the path, against what the path did.</summary>
public class PathMeasureTests
{
    [Fact]
    public void Jitter_is_nothing_on_an_even_path_and_near_the_spread_of_an_uneven_one()
    {
        Assert.Equal(0, JitterOf(spread: 0));
        Assert.InRange(JitterOf(spread: 60), 10, 40);
    }

    [Fact]
    public void Neither_a_wrapped_clock_nor_a_pause_is_jitter()
    {
        ArrivalJitter jitter = new();
        jitter.Add(new MonoTime(1000), 65_530);
        jitter.Add(new MonoTime(1010), 4);
        jitter.Add(new MonoTime(100_000_000), 77);
        Assert.Equal(0, jitter.Value);
    }

    [Fact]
    public void A_server_counts_what_its_client_lost_on_the_way_up_and_what_it_sent_again()
    {
        using SessionPair<TextState> pair = new(11, new TextState(), new TextState());
        pair.ToServer.Loss = 0.25;
        pair.ToClient.Loss = 0.25;
        for (int i = 0; i < 400; i++)
        {
            pair.Input.Append("x"u8);
            pair.Screen.Set(System.Text.Encoding.ASCII.GetBytes($"screen {i}"));
            pair.Run(100);
        }

        pair.ToServer.Loss = pair.ToClient.Loss = 0;
        pair.Run(10_000);
        pair.Client.StartShutdown(pair.Clock.Now);
        pair.Run(15_000);
        TransportStatistics numbers = pair.Server.Statistics;
        ulong sent = (ulong)pair.DatagramsToServer;
        Assert.Equal(sent, numbers.UplinkExpected);
        Assert.Equal(sent - (numbers.AuthenticReceived - numbers.Duplicates), numbers.UplinkLost + numbers.UplinkOutage);
        Assert.InRange(numbers.UplinkLost / (double)numbers.UplinkExpected, 0.1, 0.35);
        Assert.InRange(numbers.Retransmissions, 1u, numbers.Frames);
        Assert.True(numbers.RttSamples > 100);
    }

    private static double JitterOf(int spread)
    {
        using SessionPair<TextState> pair = new(3, new TextState(), new TextState());
        pair.ToServer.MinDelay = 20;
        pair.ToServer.MaxDelay = 20 + spread;
        for (int i = 0; i < 200; i++)
        {
            pair.Input.Append("x"u8);
            pair.Run(100);
        }

        return pair.Server.Statistics.Jitter;
    }
}
