namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>Everyday life raises nothing, and each attack raises its own alert: in Debian's Alertmanager, by the shipped rules, and in the broker itself.</summary>
public sealed class CorpusTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    /// <summary>What says that the machine is busy, which it is: a dozen brokers on two cores. In the soak they count.</summary>
    private static readonly string[] OfTheMachine = ["UdpSocketDrops", "ActorMailboxBacklog"];

    public static TheoryData<string> Names { get; } = [.. CorpusFixture.Scenarios.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_item_raises_what_it_must_and_nothing_else(string name)
    {
        Scenario scenario = CorpusFixture.Scenarios.Single(each => each.Name == name);
        Outcome outcome = corpus.Outcomes[name];
        string told = $"heard {string.Join(", ", outcome.Heard)}; at the end {string.Join(", ", outcome.Last)}; detected {string.Join(", ", outcome.Detections)}\n{outcome.Log}";
        Assert.True(outcome.Failure is null, $"{outcome.Failure}\n{told}");

        HashSet<string> allowed = [.. scenario.Tolerated ?? [], .. scenario.Silenced ?? [], .. CorpusFixture.IsCompressed ? OfTheMachine : []];
        if (scenario.Expected is { } expected)
        {
            Assert.True(outcome.Heard.ContainsKey(expected), $"{expected} was not raised; {told}");
            allowed.Add(expected);
        }

        Assert.True(outcome.Heard.Keys.All(allowed.Contains), $"more was raised than {string.Join(", ", allowed)}; {told}");
        Assert.True(!outcome.Last.Intersect(scenario.Silenced ?? []).Any(), $"what another alert explains is not silent; {told}");
        HashSet<string> detected = [.. scenario.Detections ?? []];
        Assert.True(detected.IsSubsetOf(outcome.Detections.Keys), $"not all of {string.Join(", ", detected)} was detected; {told}");
        Assert.True(outcome.Detections.Keys.All(rule => detected.Contains(rule) || scenario.Tolerated?.Contains(rule) == true), $"more was detected than {string.Join(", ", detected)}; {told}");
        Assert.Equal(0, (await corpus.StageOf(scenario).Broker.MetricsAsync())["moshbroker_unauthenticated_response_bytes_total"]);
        await scenario.Check(corpus.StageOf(scenario));
    }
}
