using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace MoshBroker.Deploy.Tests;

/// <summary>What one overlay comes to: the documents that `kubectl apply -k` would send.</summary>
internal sealed class Manifest
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    private Manifest(List<JsonObject> documents) => Documents = documents;

    public static IReadOnlyList<string> Overlays { get; } =
        [.. Directory.GetDirectories(Repository.Path("deploy", "k8s", "overlays")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public List<JsonObject> Documents { get; }

    public JsonObject StatefulSet => Of("StatefulSet").Single();

    public JsonNode Pod => StatefulSet.At("spec/template/spec")!;

    public JsonNode Container => Pod.At("containers/0")!;

    /// <summary>The words of <c>serve</c>, as the pod named moshbroker-0 starts it.</summary>
    public IReadOnlyList<string> ServeWords =>
        [.. Container.Strings("command").SkipWhile(word => word != "serve"), .. Container.Strings("args").Select(word => word.Replace("$(POD_NAME)", "moshbroker-0", StringComparison.Ordinal))];

    public static async Task<Manifest> RenderAsync(string overlay)
    {
        CommandResult rendered = await Command.RunAsync([await Kubectl.FindAsync(), "kustomize", Repository.Path("deploy", "k8s", "overlays", overlay)], SessionHome.Inherited());
        Assert.True(rendered.ExitCode == 0, rendered.Error);
        Assert.Equal("", rendered.Error); // Kustomize warns of what its next version will not take.
        return Parse(rendered.Output);
    }

    public static Manifest Parse(string yaml)
    {
        Parser parser = new(new StringReader(yaml));
        parser.Consume<StreamStart>();
        List<JsonObject> documents = [];
        while (parser.Accept<DocumentStart>(out _)) { documents.Add((JsonObject)ToJson(Yaml.Deserialize<object>(parser))!); }
        return new Manifest(documents);
    }

    public IEnumerable<JsonObject> Of(string kind) => Documents.Where(document => document.Text("kind") == kind);

    public JsonObject? Find(string kind, string name) => Of(kind).FirstOrDefault(document => document.Text("metadata/name") == name);

    public Manifest Copy() => new([.. Documents.Select(document => (JsonObject)document.DeepClone())]);

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        IDictionary<object, object> map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key.ToString()!, ToJson(pair.Value)))),
        IEnumerable<object> list => new JsonArray([.. list.Select(ToJson)]),
        IConvertible number => JsonValue.Create(number.ToDecimal(System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException($"no YAML: {value.GetType()}", nameof(value)),
    };
}
