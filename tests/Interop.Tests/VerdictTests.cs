using System.Collections.Concurrent;
using System.Globalization;
using MoshBroker.Interop.Tests.Harness;
using Xunit.Abstractions;

namespace MoshBroker.Interop.Tests;

/// <summary>"Why did it freeze?": causes are made with stock clients and real programs, in random order, and the broker is asked.</summary>
/// <remarks>Each cause four times; MOSHBROKER_VERDICT_TIMES and MOSHBROKER_VERDICT_SEED make it longer, or the same again.</remarks>
[Collection(InteropGroup.Name)]
public sealed class VerdictTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Sessions = 10;
    private const double Right = 0.95;

    private readonly SessionHome _home = new();
    private RunningBroker _broker = null!;
    private VerdictReader _verdicts = null!;

    public async Task InitializeAsync()
    {
        // So little that a program that prints without end uses it up; all else needs far less.
        string policy = _home.Write("policy.yaml", "version: 1\ndrop_in: { limits: { cpu_percent: 2 } }\n");
        int port = FreeTcpPorts.One();
        _broker = await RunningBroker.StartAsync(null, null, "--http", $"127.0.0.1:{port}", "--policy", policy);
        CommandResult token = await _broker.CommandAsync("token", "create", "--role", "viewer");
        _verdicts = new VerdictReader(port, token.Output.Trim());
    }

    public async Task DisposeAsync()
    {
        await _verdicts.DisposeAsync();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Each_cause_that_is_made_is_the_one_that_is_named()
    {
        int times = Number("MOSHBROKER_VERDICT_TIMES") ?? 4;
        int seed = Number("MOSHBROKER_VERDICT_SEED") ?? Random.Shared.Next();
        Freeze[] trials = [.. Enum.GetValues<Freeze>().SelectMany(freeze => Enumerable.Repeat(freeze, times))];
        new Random(seed).Shuffle(trials);
        ConcurrentQueue<Freeze> waiting = new(trials);
        ConcurrentBag<(Freeze Made, string Named)> named = [];
        ConcurrentBag<string> wrong = [];
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => RunAsync()));

        foreach (IGrouping<Freeze, (Freeze Made, string Named)> cause in named.GroupBy(trial => trial.Made).OrderBy(cause => cause.Key))
        {
            output.WriteLine($"{cause.Key}: {cause.Count(IsRight)} of {cause.Count()}");
        }

        output.WriteLine($"seed {seed}");
        foreach (string line in wrong) { output.WriteLine(line); }
        Assert.Equal(trials.Length, named.Count);
        Assert.True(named.Count(IsRight) >= Right * trials.Length, $"seed {seed}: {named.Count(IsRight)} of {trials.Length} right\n{string.Join('\n', wrong)}");

        async Task RunAsync()
        {
            await using FreezingSession session = await FreezingSession.StartAsync(_broker, _home, _verdicts);
            while (waiting.TryDequeue(out Freeze freeze))
            {
                string verdict = await session.FreezeAsync(freeze);
                named.Add((freeze, verdict));
                if (verdict != FreezingSession.Expected(freeze))
                {
                    wrong.Add($"{freeze} was named {verdict}: {_verdicts.LineOf(session.Id)}\n{await _verdicts.TimelineOfAsync(session.Id)}");
                }
            }
        }
    }

    private static bool IsRight((Freeze Made, string Named) trial) => trial.Named == FreezingSession.Expected(trial.Made);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
