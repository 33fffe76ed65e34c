using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>Plays everyday life, then all attacks, each scenario at a broker of its own, and keeps what each raised.</summary>
/// <remarks>MOSHBROKER_CORPUS_SCALE is how much faster than real time the rules' clock runs: 20 if it is not set; 1 is the soak of two hours.</remarks>
public sealed partial class CorpusFixture : IAsyncLifetime
{
    private const int AtOnce = 4; // A broker's start costs two seconds of a core.

    private readonly ConcurrentDictionary<string, Stage> _stages = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> _heard = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Exception> _failures = new(StringComparer.Ordinal);
    private IReadOnlyList<SeenAlert> _last = [];

    private static double Scale { get; } = double.Parse(Environment.GetEnvironmentVariable("MOSHBROKER_CORPUS_SCALE") ?? "20", CultureInfo.InvariantCulture);

    /// <summary>Long enough for the slowest: sessions that nobody comes to are given up after a minute, of which the alert wants a share for a while.</summary>
    private static TimeSpan Length => Scale > 1 ? TimeSpan.FromSeconds(150) : TimeSpan.FromHours(2);

    internal static bool IsCompressed => Scale > 1;

    internal static IReadOnlyList<Scenario> Scenarios { get; } =
        [.. BenignCorpus.All.Concat(HostileCorpus.All).Where(scenario => Regex.IsMatch(scenario.Name, Environment.GetEnvironmentVariable("MOSHBROKER_CORPUS") ?? ""))];

    internal Dictionary<string, Outcome> Outcomes { get; } = new(StringComparer.Ordinal);

    public async Task InitializeAsync()
    {
        await RunningBroker.BuildAsync();
        // Apart: beside a dozen brokers under attack, those that must raise nothing have no processor left, and say so.
        foreach (IGrouping<bool, Scenario> wave in Scenarios.GroupBy(BenignCorpus.All.Contains)) { await PlayAsync([.. wave]); }
    }

    public async Task DisposeAsync()
    {
        foreach (Stage stage in _stages.Values) { await stage.DisposeAsync(); }
    }

    internal Stage StageOf(Scenario scenario) => _stages[scenario.Name];

    private async Task PlayAsync(IReadOnlyList<Scenario> wave)
    {
        await Parallel.ForEachAsync(wave, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (scenario, _) => _stages[scenario.Name] = await scenario.Set(Scale));
        await using AlertStack stack = await AlertStack.StartAsync(wave.ToDictionary(scenario => scenario.Name, scenario => _stages[scenario.Name].MetricsPort), Scale);
        using CancellationTokenSource over = new();
        using CancellationTokenSource looking = new();
        Task watching = WatchAsync(stack, looking.Token);
        over.CancelAfter(Length);
        await Task.WhenAll(wave.Select(scenario => PlayAsync(scenario, over.Token)));
        await looking.CancelAsync();
        await watching;
        foreach (Scenario scenario in wave) { Outcomes[scenario.Name] = await OutcomeAsync(scenario); }
    }

    private async Task PlayAsync(Scenario scenario, CancellationToken over)
    {
        try
        {
            await scenario.Play(_stages[scenario.Name], over);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _failures[scenario.Name] = failure;
        }
    }

    private async Task WatchAsync(AlertStack stack, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IReadOnlyList<SeenAlert> alerts = await stack.AlertsAsync();
            foreach (SeenAlert alert in alerts.Where(alert => !alert.IsSilenced)) { _heard.GetOrAdd(alert.Scenario, _ => new(StringComparer.Ordinal))[alert.Name] = alert.Severity; }
            _last = alerts;
            await Task.Delay(1000, CancellationToken.None);
        }
    }

    private async Task<Outcome> OutcomeAsync(Scenario scenario)
    {
        Stage stage = _stages[scenario.Name];
        Dictionary<string, double> detections = (await stage.Broker.MetricsAsync())
            .Where(series => series.Key.StartsWith("moshbroker_detections_total", StringComparison.Ordinal) && series.Value > 0)
            .ToDictionary(series => Rule().Match(series.Key).Groups[1].Value, series => series.Value, StringComparer.Ordinal);
        return new Outcome(
            _heard.GetValueOrDefault(scenario.Name)?.ToDictionary(StringComparer.Ordinal) ?? [],
            [.. _last.Where(alert => alert.Scenario == scenario.Name && !alert.IsSilenced).Select(alert => alert.Name)],
            detections, _failures.GetValueOrDefault(scenario.Name), stage.Broker.Log);
    }

    [GeneratedRegex("rule=\"([a-z_]+)\"")]
    private static partial Regex Rule();
}
