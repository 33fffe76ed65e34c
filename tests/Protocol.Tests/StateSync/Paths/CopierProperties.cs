using MoshBroker.Protocol.StateSync;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

/// <summary>Whoever copies the client's datagrams and is faster than they are.</summary>
public sealed class CopierProperties
{
    private static readonly PlayedPath Client = new(1);
    private static readonly PlayedPath Victim = new(5000);

    [Fact]
    public void A_copier_draws_no_more_than_three_times_its_bytes_and_is_never_taken_for_the_client()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            using PathWorld world = Attacked(seed);
            for (int i = 0; i < 12; i++)
            {
                Disturb(world);
                world.Run(world.Random.Next(500));
                Assert.False(world.Guard.IsValidated && world.Guard.Current == Victim, $"seed {seed}");
            }

            Assert.True(world.Excess.GetValueOrDefault(Victim) <= 0, $"seed {seed}: {world.Excess[Victim]} bytes too many");
            Assert.True(world.ReceivedFrom[Victim] > 0);
            Assert.Equal(world.Guard.UnvalidatedReceived, world.ReceivedFrom[Victim]);
            Assert.Equal(world.Guard.UnvalidatedSent, world.SentTo.GetValueOrDefault(Victim));
        }
    }

    [Fact]
    public void Under_its_eyes_the_client_has_its_screen_within_a_heartbeat()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            using PathWorld world = Attacked(seed);
            for (int i = 0; i < 10; i++)
            {
                world.Type("k");
                Assert.True(world.TimeToAgree(3000 + (2 * (world.UplinkDelay + world.DownlinkDelay))) is not null, $"seed {seed}, key {i}");
                world.Run(world.Random.Next(8000));
            }
        }
    }

    [Fact]
    public void Once_it_is_gone_the_client_is_answered_as_ever()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            using PathWorld world = Attacked(seed);
            world.Type("k");
            world.Run(5000);
            world.Copier = null;
            Assert.True(world.RunUntil(() => world.Guard.Current == Client && world.Guard.IsValidated, 3100 + world.UplinkDelay), $"seed {seed}");
        }
    }

    [Fact]
    public void A_copier_that_also_carries_the_downlink_is_the_clients_path()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            using PathWorld world = Attacked(seed);
            world.CopierCarriesDownlink = true;
            world.ClientHearsAt.Clear();
            world.Type("k");
            Assert.True(world.RunUntil(() => world.Guard.IsValidated && world.Guard.Current == Victim, 10_000), $"seed {seed}");
            Assert.True(world.TimeToAgree(10_000) is not null, $"seed {seed}");
        }
    }

    [Fact]
    public void Copies_from_ever_new_addresses_draw_no_more_and_keep_nothing_from_the_client()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            using PathWorld world = Attacked(seed);
            int next = 10_000;
            world.NextCopier = () => new PlayedPath(next += 256);
            for (int i = 0; i < 10; i++)
            {
                world.Type("k");
                Assert.True(world.TimeToAgree(3000 + (2 * (world.UplinkDelay + world.DownlinkDelay))) is not null, $"seed {seed}, key {i}");
                world.Run(world.Random.Next(4000));
            }

            Assert.All(world.Excess.Where(path => path.Key != Client), path => Assert.True(path.Value <= 0, $"seed {seed}: {path.Key} got {path.Value} bytes too many"));
        }
    }

    [Fact]
    public void Copies_that_lose_the_race_now_and_then_are_flaps_and_soon_get_nothing()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using PathWorld world = Attacked(seed);
            for (int i = 0; i < 30; i++)
            {
                world.Copier = world.Copier is null ? Victim : null;
                world.Type("k");
                world.Run(400 + world.UplinkDelay + world.DownlinkDelay);
            }

            Assert.Contains(world.Changes, change => (change & PathChange.Stuck) != 0);
            Assert.Equal(Client, world.Guard.Current);
            long before = world.SentTo.GetValueOrDefault(Victim);
            Assert.True(world.Now < world.Guard.StuckUntil);
            world.Copier = Victim;
            world.Run(Math.Min(2000, world.Guard.StuckUntil.Since(world.Now) - 1));
            Assert.Equal(before, world.SentTo.GetValueOrDefault(Victim));
        }
    }

    private static PathWorld Attacked(int seed)
    {
        PathWorld world = RoamingProperties.New(seed);
        (world.Loss, world.Jitter) = (0, 0);
        world.Type("a");
        Assert.True(world.TimeToAgree(10_000) is not null);
        world.Type("b");
        Assert.True(world.RunUntil(() => world.Guard.IsValidated, 10_000));
        world.Run(2000);
        world.Copier = Victim;
        return world;
    }

    private static void Disturb(PathWorld world)
    {
        if (world.Random.Happens(0.3)) { world.Print(RoamingProperties.Page(world.Random, world.Random.Next(3000))); }
        if (world.Random.Happens(0.5)) { world.Type("k"); }
    }
}
