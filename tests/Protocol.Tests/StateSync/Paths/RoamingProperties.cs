using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

/// <summary>A client that moves loses nothing by the guard.</summary>
public sealed class RoamingProperties(ITestOutputHelper output)
{
    [Fact]
    public void A_typist_who_moves_sees_his_keys_as_soon_as_without_a_guard()
    {
        Comparison typing = Compare(1000, world => world.Type("k"), loss: 0);
        output.WriteLine(typing.ToString());
        Assert.True(typing.Guarded <= typing.Unguarded + 1, typing.ToString());
    }

    [Fact]
    public void On_a_path_of_600_ms_that_loses_30_percent_he_does_so_on_average()
    {
        Comparison typing = Compare(1000, world => world.Type("k"), loss: 0.3, delay: 300);
        output.WriteLine(typing.ToString());
        Assert.True(typing.Guarded <= 1.1 * typing.Unguarded, typing.ToString());
    }

    [Fact]
    public void Who_wakes_elsewhere_to_another_screen_sees_it_as_soon_as_without_a_guard()
    {
        Comparison waking = Compare(
            300,
            world =>
            {
                world.Echoes = false;
                world.Type("k");
                world.Print(Page(world.Random, 400));
            },
            loss: 0,
            silence: 20_000);
        output.WriteLine(waking.ToString());
        Assert.True(waking.Guarded <= waking.Unguarded + 1, waking.ToString());
    }

    [Fact]
    public void Whatever_the_network_and_however_often_it_moves_both_ends_agree_in_the_end()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            using PathWorld world = New(seed);
            for (int i = 0; i < 8; i++)
            {
                Disturb(world);
                world.Run(world.Random.Next(400));
            }

            world.IsDownlinkCut = false;
            Assert.True(world.TimeToAgree(60_000) is not null, $"seed {seed}");
        }
    }

    [Fact]
    public void A_client_that_hops_ports_while_it_hears_nothing_is_answered_at_the_last_of_them()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using PathWorld world = New(seed);
            world.Loss = 0;
            world.Type("a");
            Assert.True(world.TimeToAgree(10_000) is not null);
            world.IsDownlinkCut = true;
            for (int hop = 2; hop <= 10; hop++)
            {
                world.MoveTo(hop, keepsHearing: true);
                world.Type("b");
                world.Run(10_000);
            }

            world.IsDownlinkCut = false;
            Assert.True(world.TimeToAgree(6500 + (10 * (world.UplinkDelay + world.DownlinkDelay))) is { }, $"seed {seed}");
            Assert.True(world.RunUntil(() => world.Guard.IsValidated && world.Guard.Current == new PlayedPath(10), 10_000), $"seed {seed}");
        }
    }

    [Fact]
    public void A_new_port_of_the_same_client_is_proven_within_two_round_trips_and_the_delay_of_an_ack()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            using PathWorld world = New(seed);
            (world.Loss, world.Jitter) = (0, 0);
            world.Type("a");
            Assert.True(world.TimeToAgree(10_000) is not null);
            world.Run(5000);
            world.MoveTo(2);
            world.Type("b");
            long roundTrip = world.UplinkDelay + world.DownlinkDelay;
            Assert.True(world.RunUntil(() => world.Guard.IsValidated && world.Guard.Current == new PlayedPath(2), (2 * roundTrip) + 150), $"seed {seed}");
        }
    }

    [Fact]
    public void Round_trips_are_measured_right_across_moves()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            using PathWorld world = New(seed);
            (world.Loss, world.Jitter, world.UplinkDelay, world.DownlinkDelay) = (0, 0, 40, 60);
            for (int i = 0; i < 20; i++)
            {
                world.MoveTo(i + 1, keepsHearing: world.Random.Happens(0.5));
                world.Type("k");
                world.Run(world.Random.Next(700));
            }

            Assert.InRange(world.SmoothedRtt, 95, 125);
        }
    }

    internal static PathWorld New(int seed)
    {
        PathWorld world = new(seed);
        world.UplinkDelay = world.Random.Next(300);
        world.DownlinkDelay = world.Random.Next(300);
        world.Jitter = world.Random.Next(60);
        world.Loss = world.Random.Next(4) / 10.0;
        return world;
    }

    internal static string Page(SeededRandom random, int bytes)
    {
        string text = "\e[H\e[2J";
        for (int i = 0; i < bytes; i++) { text += (char)('!' + random.Next(90)); }
        return text;
    }

    private static void Disturb(PathWorld world)
    {
        SeededRandom random = world.Random;
        switch (random.Next(6))
        {
            case 0:
                world.MoveTo(1 + random.Next(2000), keepsHearing: random.Happens(0.3));
                break;
            case 1:
                world.MoveTo(1 + (random.Next(3) * 256));
                break;
            case 2:
                world.IsDownlinkCut = !world.IsDownlinkCut;
                break;
            case 3:
                world.Print(Page(random, random.Next(1500)));
                break;
            default:
                world.Type("x");
                break;
        }
    }

    private static Comparison Compare(int seeds, Action<PathWorld> happens, double loss, int? delay = null, int silence = 200)
    {
        double guarded = 0;
        double unguarded = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            guarded += TimeAfterMove(seed, true);
            unguarded += TimeAfterMove(seed, false);
        }

        return new Comparison(guarded / seeds, unguarded / seeds);

        double TimeAfterMove(int seed, bool isGuarded)
        {
            using PathWorld world = New(seed);
            world.IsGuarded = isGuarded;
            (world.Loss, world.Jitter) = (0, 0);
            if (delay is { } given) { world.UplinkDelay = world.DownlinkDelay = given; }
            world.Type("a");
            Assert.True(world.TimeToAgree(20_000) is not null, $"seed {seed}");
            for (int i = 0; i < 5; i++)
            {
                world.Type("a");
                world.Run(500);
            }

            world.Loss = loss;
            world.IsDownlinkCut = world.IsUplinkCut = true;
            world.Run(silence);
            world.IsDownlinkCut = world.IsUplinkCut = false;
            world.MoveTo(700);
            happens(world);
            return world.TimeToAgree(60_000) ?? throw new InvalidOperationException($"seed {seed}");
        }
    }

    private sealed record Comparison(double Guarded, double Unguarded);
}
