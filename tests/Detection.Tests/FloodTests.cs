using System.Globalization;
using System.Net;
using MoshBroker.Detection.Tests.Corpus;
using MoshBroker.Testing.Swarm;
using Xunit.Abstractions;

namespace MoshBroker.Detection.Tests;

/// <summary>Garbage from many sources, for a while: it is told, nobody is answered, others type on, and memory stays.</summary>
/// <remarks>MOSHBROKER_FLOOD=full is 20,000 datagrams a second for three minutes (bench/flood); the test is a tenth of it, and gives a busy machine ten times the time.</remarks>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const int Typists = 10;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MOSHBROKER_FLOOD") == "full";
    private static readonly int PerSecond = IsFull ? 20_000 : 2_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(IsFull ? 180 : 20);
    private static readonly double MostMore = IsFull ? 10 : 100; // ms, at the 95th percentile.
    private const double MostMemory = 32 * 1024 * 1024; // Reached once, by buffers and compiled code,
    private const double MostLateMemory = 8 * 1024 * 1024; // and not left any more.

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flood_of_garbage_is_told_and_not_answered_and_others_type_on(bool sharesPort)
    {
        double scale = IsFull ? 1 : 20;
        await using Stage stage = await Stage.SetAsync(scale, sharesPort);
        List<SwarmClient> clients = [];
        using ClientSwarm swarm = new();
        OpenedSession first = await stage.OpenAsync("/bin/cat");
        swarm.Join(0, first.On(IPAddress.Loopback), first.Key, IPAddress.Parse("127.7.0.100")); // The one that is flooded, where each has a port.
        for (int number = 1; number <= Typists; number++)
        {
            OpenedSession session = await stage.OpenAsync("/bin/cat");
            clients.Add(swarm.Join(number, session.On(IPAddress.Loopback), session.Key, new IPAddress([127, 7, 0, (byte)number])));
        }

        await TypeAsync(swarm, clients, TimeSpan.FromSeconds(3)); // Until everything is warm.
        double[] before = await TypeAsync(swarm, clients, TimeSpan.FromSeconds(IsFull ? 30 : 10));
        await using AlertStack stack = await AlertStack.StartAsync(new Dictionary<string, int> { ["flood"] = stage.MetricsPort }, scale);
        await using PacketCapture capture = await PacketCapture.StartAsync($"(udp and src port {first.Port}) or icmp");
        double[] during;
        List<double> memory = [];
        long sent;
        using (GarbageFlood flood = new(first.On(IPAddress.Loopback), PerSecond, isAimed: false))
        {
            await Task.Delay(2000);
            Task<double[]> typing = TypeAsync(swarm, clients, Length);
            while (!typing.IsCompleted)
            {
                memory.Add(await ResidentAsync(stage));
                await Task.WhenAny(typing, Task.Delay(1000));
            }

            during = await typing;
            await Eventually.TrueAsync(
                async () => (await stack.AlertsAsync()).Any(alert => alert is { Name: "AuthFailureBurst", IsSilenced: false }), "AuthFailureBurst is in Alertmanager", TimeSpan.FromSeconds(60));
            sent = flood.Sent;
        }

        double early = memory[..((memory.Count / 2) + 1)].Max();
        double late = memory[(memory.Count / 2)..].Max();
        Dictionary<string, double> metrics = await stage.Broker.MetricsAsync();
        double failures = metrics["moshbroker_auth_failures_total{peer=\"unknown\"}"];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(sharesPort ? "shared port" : "port per channel")}: {PerSecond} garbage/s for {Length.TotalSeconds} s, {sent} sent, {failures} failed to authenticate; echo p95 {At(before, 0.95):0.0} ms before, {At(during, 0.95):0.0} ms meanwhile (p50 {At(before, 0.5):0.0} and {At(during, 0.5):0.0}), {during.Length} keys; resident {memory[0] / 1048576:0.0} MiB at 2 s, at most {early / 1048576:0.0} in the first half, {late / 1048576:0.0} in the second; {capture.Lines.Count} packets of the broker captured"));

        Assert.InRange(failures, sent * 0.2, sent); // The rest the kernel dropped, or it was no client's direction.
        Assert.Equal(1, metrics["moshbroker_detections_total{rule=\"auth_failure_burst\"}"]);
        Assert.Equal(0, metrics["moshbroker_unauthenticated_response_bytes_total"]);
        Assert.Contains(capture.Lines, line => line.Contains("> 127.7.0.", StringComparison.Ordinal)); // The witness sees: clients are answered.
        Assert.DoesNotContain(capture.Lines, line => line.Contains("> 127.200.", StringComparison.Ordinal));
        Assert.True(Math.Max(early, late) - memory[0] < MostMemory, $"memory grew from {memory[0]} to {Math.Max(early, late)}");
        Assert.True(late - early < MostLateMemory, $"memory went on growing, from {early} to {late}");
        Assert.True(At(during, 0.95) < At(before, 0.95) + MostMore, $"echo p95 {At(before, 0.95)} ms before, {At(during, 0.95)} ms meanwhile");
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    private static async Task<double> ResidentAsync(Stage stage) => (await stage.Broker.MetricsAsync())["process_resident_memory_bytes"];

    /// <summary>Everybody types, four keys a second; how long each echo took, in ms, sorted.</summary>
    private static async Task<double[]> TypeAsync(ClientSwarm swarm, List<SwarmClient> clients, TimeSpan time)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz";
        swarm.With(() => clients.ConvertAll(client => { client.Waits.Clear(); return true; }));
        DateTime end = DateTime.UtcNow + time;
        for (int key = 0; DateTime.UtcNow < end; key++)
        {
            foreach (SwarmClient client in clients)
            {
                string letter = key % 40 == 39 ? "\r" : Letters[key % 26].ToString();
                swarm.With(() =>
                {
                    if (!client.IsWaiting) { client.Type(letter, letter == "\r" ? "" : letter); }
                    return true;
                });
                await Task.Delay(TimeSpan.FromMilliseconds(250.0 / Typists));
            }
        }

        Assert.True(swarm.WaitForAll(clients, TimeSpan.FromSeconds(30)), "an echo did not come");
        return [.. swarm.With(() => clients.SelectMany(client => client.Waits).Order().ToArray())];
    }
}
