using System.Diagnostics;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>
/// The cluster's decisions under simulated time: crashes, stops, partitions, outages, loss, clocks at different rates, and stores that go back in time.
/// </summary>
/// <remarks>
/// <c>MOSHBROKER_SEED=123</c> plays one schedule again; <c>MOSHBROKER_SCHEDULES=100000</c> plays more than CI does.
/// </remarks>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    private static readonly int Schedules = int.Parse(Environment.GetEnvironmentVariable("MOSHBROKER_SCHEDULES") ?? "3000", CultureInfo.InvariantCulture);
    private static readonly int? Seed = Environment.GetEnvironmentVariable("MOSHBROKER_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : null;

    [Fact]
    public void Whatever_goes_wrong_no_number_is_used_twice_one_owner_writes_no_acknowledged_key_is_doubled_and_every_session_goes_on_or_ends()
    {
        Stopwatch time = Stopwatch.StartNew();
        long events = 0;
        long sessions = 0;
        long takenOver = 0;
        string? failure = null;
        Parallel.For(Seed ?? 0, Seed is { } only ? only + 1 : Schedules, (seed, loop) =>
        {
            SimWorld world = new(seed, Mutation.None) { Story = Seed is null ? null : [] };
            try
            {
                world.Run();
            }
            catch (Exception fault) when (fault is InvariantBrokenException or InvalidOperationException or NullReferenceException or KeyNotFoundException)
            {
                Interlocked.CompareExchange(ref failure, $"MOSHBROKER_SEED={seed}: at {world.Now} ms: {fault}", null);
                loop.Stop();
            }

            foreach (string line in world.Story ?? [])
                output.WriteLine(line);
            Interlocked.Add(ref events, world.EventsRun);
            Interlocked.Add(ref sessions, world.Sessions.Count);
            Interlocked.Add(ref takenOver, world.Sessions.Count(session => session.SufferedLoss));
        });
        output.WriteLine($"{Schedules} schedules, {events} events, {sessions} sessions, {takenOver} of them taken over, in {time.Elapsed.TotalSeconds:F1} s");
        Assert.True(failure is null, failure);
        Assert.True(Seed is not null || takenOver > Schedules / 4, "the schedules are too tame");
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Each_fault_built_into_the_cluster_is_found(Mutation mutation)
    {
        for (int seed = 0; seed < Schedules; seed++)
        {
            try
            {
                new SimWorld(seed, mutation).Run();
            }
            catch (InvariantBrokenException found)
            {
                output.WriteLine($"seed {seed}: {found.Message}");
                return;
            }
        }

        Assert.Fail($"{mutation} went unnoticed in {Schedules} schedules");
    }

    public static TheoryData<Mutation> Mutations() => [.. Enum.GetValues<Mutation>().Where(mutation => mutation != Mutation.None)];
}
