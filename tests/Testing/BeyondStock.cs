using System.Text;
using System.Text.Json.Nodes;

namespace MoshBroker.Testing;

/// <summary>The recorded terminal cases in which we differ from stock, because it lacks a feature that xterm has.</summary>
/// <remarks>
/// The file names, for each case, why, what our client shows instead, and which sequences are to blame: with these replaced by ones that mean nothing to
/// either, the case must be as recorded again.
/// </remarks>
public sealed class BeyondStock
{
    private readonly JsonObject _cases;

    private BeyondStock(JsonObject cases) => _cases = cases;

    public IReadOnlyList<string> Names => [.. _cases.Select(c => c.Key).Order(StringComparer.Ordinal)];

    public static BeyondStock Load(string file) => new(JsonNode.Parse(File.ReadAllBytes(file))!.AsObject());

    /// <summary>What we show: the recorded expectation, with what is different here replaced.</summary>
    public JsonNode Expect(string name, JsonNode recorded)
    {
        JsonObject expect = recorded.DeepClone().AsObject();
        if (_cases[name] is { } difference)
        {
            foreach ((string key, JsonNode? value) in difference["expect"]!.AsObject())
                expect[key] = value!.DeepClone();
        }

        return expect;
    }

    /// <summary>The input without what stock does not know.</summary>
    public byte[] WithoutFeatures(string name, ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        foreach ((string sequence, JsonNode? replacement) in _cases[name]!["inert"]!.AsObject())
            text = text.Replace(sequence, (string)replacement!, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text);
    }
}
