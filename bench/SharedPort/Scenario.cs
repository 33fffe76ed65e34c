using System.Diagnostics;
using System.Net;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Bench.SharedPort;

/// <summary>What the swarm does, step by step, with the figures of each on a line.</summary>
internal sealed class Scenario(ClientSwarm swarm, BrokerProcess broker)
{
    private const int Typists = 50;
    private const int KeysEach = 40;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";

    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<SwarmClient> _clients = [];
    private int _moves;

    public int Port { get; private set; }

    /// <summary>A client comes, from an address of its own. From any thread.</summary>
    public void Join(int number, int port, string key)
    {
        Port = port;
        SwarmClient client = swarm.Join(number, new IPEndPoint(IPAddress.Loopback, port), key, Address(100, number));
        swarm.With(() => Expect(client));
        lock (_clients) { _clients.Add(client); }
    }

    /// <summary>True once every client sees its own session.</summary>
    public bool AllAttached()
    {
        bool isGood = swarm.WaitForAll(_clients, Patience) && AllSeeTheirOwn(_clients);
        Console.WriteLine(isGood ? "all attached" : "not all attached, or not to their own session");
        return isGood;
    }

    /// <summary>Some move at once to addresses in networks that nobody was in.</summary>
    public bool Move(int count)
    {
        List<SwarmClient> movers = _clients.GetRange(0, count);
        _moves++;
        swarm.With(() =>
        {
            foreach (SwarmClient client in movers)
            {
                client.Waits.Clear();
                client.MoveTo(Address(100 + _moves, client.Number));
                Await(client, $"m{_moves}");
            }

            return true;
        });
        bool isDone = swarm.WaitForAll(movers, Patience);
        double[] waits = [.. movers.SelectMany(client => client.Waits).Order()];
        bool isOwn = AllSeeTheirOwn(movers);
        Console.WriteLine(
            $"{count} move at once: {waits.Length} have their own screen{(isOwn ? "" : " – NOT ALL THEIR OWN")}, p50 {At(waits, 0.5):0} ms, p95 {At(waits, 0.95):0} ms, longest {At(waits, 1):0} ms");
        return isDone && isOwn && waits[^1] <= 1000;
    }

    /// <summary>Others than the movers type, five keys a second each; returns how long each echo took.</summary>
    public (double[] Waits, double CpuShare, double PerSecond) Type(Func<long>? count = null)
    {
        List<SwarmClient> typists = _clients.GetRange(Math.Max(0, _clients.Count - Typists), Math.Min(Typists, _clients.Count));
        foreach (SwarmClient client in typists) { client.Waits.Clear(); }
        long began = Stopwatch.GetTimestamp();
        TimeSpan cpu = broker.CpuTime;
        long before = count?.Invoke() ?? 0;
        for (int key = 0; key < KeysEach; key++)
        {
            // Spread over the interval: people do not type in step.
            for (int i = 0; i < typists.Count; i++)
            {
                SwarmClient client = typists[i];
                string letter = Letters[key].ToString();
                swarm.With(() => Type(client, letter));
                TimeSpan due = (KeyInterval * key) + (KeyInterval * i / typists.Count);
                TimeSpan ahead = due - Stopwatch.GetElapsedTime(began);
                if (ahead > TimeSpan.Zero) { Thread.Sleep(ahead); }
            }
        }

        swarm.WaitForAll(typists, Patience);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double[] waits = [.. typists.SelectMany(client => client.Waits).Order()];
        return (waits, (broker.CpuTime - cpu).TotalSeconds / seconds, ((count?.Invoke() ?? 0) - before) / seconds);
    }

    public void Report(string what, (double[] Waits, double CpuShare, double PerSecond) figures) => Console.WriteLine(
        $"{what}: p50 {At(figures.Waits, 0.5):0.0} ms, p95 {At(figures.Waits, 0.95):0.0} ms, p99 {At(figures.Waits, 0.99):0.0} ms, {figures.Waits.Length} keys; broker {figures.CpuShare:0.000} cores"
        + (figures.PerSecond > 0 ? $"; {figures.PerSecond:0} garbage/s sent" : ""));

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];

    private static IPAddress Address(int network, int number) => new([127, (byte)network, (byte)(number / 200), (byte)((number % 200) + 1)]);

    private static bool Type(SwarmClient client, string letter)
    {
        if (!client.IsWaiting) { client.Type(letter, letter); }
        return true;
    }

    private static bool Expect(SwarmClient client)
    {
        client.Type("", $"session-{client.Number}.", onAnyRow: true);
        return true;
    }

    /// <summary>Types a word that the session echoes.</summary>
    private static bool Await(SwarmClient client, string word)
    {
        client.Type($"{word}-{client.Number}", $"{word}-{client.Number}");
        return true;
    }

    private bool AllSeeTheirOwn(IEnumerable<SwarmClient> clients) =>
        swarm.With(() => clients.All(client => client.Screen.Contains($"session-{client.Number}.", StringComparison.Ordinal)));
}
