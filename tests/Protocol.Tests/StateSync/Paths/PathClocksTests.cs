using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

/// <summary>An echoed timestamp tells on which path it left.</summary>
public sealed class PathClocksTests
{
    [Fact]
    public void An_echo_names_its_path_and_its_age_whatever_the_time_and_the_chance()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            SeededRandom random = new(seed);
            PathClocks clocks = new();
            MonoTime now = new(random.Next(int.MaxValue));
            List<(ulong Mark, ushort Stamp, MonoTime At)> sent = [];
            for (int i = 0; i < 20; i++)
            {
                ulong mark = 1 + (ulong)random.Next(3);
                sent.Add((mark, clocks.Stamp(now, mark, random), now));
                now = now.Plus(random.Next(100));
            }

            int delay = random.Next(PathClocks.OldestEcho - 2000);
            foreach ((ulong mark, ushort stamp, MonoTime at) in sent)
            {
                Assert.True(clocks.TryRead(now.Plus(delay), stamp, out ulong echoed, out int age), $"seed {seed}");
                Assert.Equal(mark, echoed);
                Assert.InRange(age, now.Since(at) + delay - 1, now.Since(at) + delay + 1);
            }
        }
    }

    [Fact]
    public void What_was_sent_on_another_path_is_never_taken_for_an_echo_of_a_new_one()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            SeededRandom random = new(seed);
            PathClocks clocks = new();
            MonoTime now = new(random.Next(int.MaxValue));
            ushort old = clocks.Stamp(now, 1, random);
            now = now.Plus(random.Next(3000));
            _ = clocks.Stamp(now, 2, random);

            // The peer may hold a timestamp for a second before it echoes it, and adds that time.
            ushort echo = (ushort)(old + random.Next(1000));
            bool isRead = clocks.TryRead(now.Plus(random.Next(2000)), echo, out ulong mark, out _);
            Assert.False(isRead && mark == 2, $"seed {seed}");
        }
    }

    [Fact]
    public void A_new_paths_echo_is_not_older_than_the_path()
    {
        PathClocks clocks = new();
        SeededRandom random = new(1);
        MonoTime now = new(1_000_000);
        ushort stamp = clocks.Stamp(now, 1, random);

        Assert.True(clocks.TryRead(now.Plus(40), stamp, out _, out _));
        Assert.False(clocks.TryRead(now.Plus(40), (ushort)(stamp - 600), out _, out _));
    }

    [Fact]
    public void Marks_that_were_used_longest_ago_are_forgotten_first()
    {
        PathClocks clocks = new();
        SeededRandom random = new(1);
        MonoTime now = new(1_000_000);
        ushort home = clocks.Stamp(now, 1, random);
        for (ulong mark = 2; mark < 100; mark++)
        {
            now = now.Plus(10);
            _ = clocks.Stamp(now, mark, random);
            home = clocks.Stamp(now, 1, random);
        }

        Assert.True(clocks.TryRead(now, home, out ulong echoed, out _));
        Assert.Equal(1UL, echoed);
    }
}
