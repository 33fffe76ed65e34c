using System.Text.Json;
using System.Text.Json.Nodes;

namespace MoshBroker.Deploy.Tests;

/// <summary>What the API server takes, by schemas/kubernetes.schema.json: types, enumerations, required fields, and no field that it does not know.</summary>
internal sealed class KubernetesSchema
{
    private readonly JsonNode _root;

    private KubernetesSchema(JsonNode root) => _root = root;

    public static KubernetesSchema Instance { get; } = Load();

    public IEnumerable<string> FaultsOf(JsonObject document)
    {
        string kind = $"{document.Text("apiVersion")}/{document.Text("kind")}";
        return _root["kinds"]![kind] is { } schema ? FaultsOf(document, schema, $"{document.Text("kind")}") : [$"{kind} is not in the schema"];
    }

    private static KubernetesSchema Load()
    {
        using Stream stream = typeof(KubernetesSchema).Assembly.GetManifestResourceStream("kubernetes.schema.json")!;
        return new KubernetesSchema(JsonNode.Parse(stream)!);
    }

    private IEnumerable<string> FaultsOf(JsonNode? value, JsonNode schema, string path)
    {
        if (schema["$ref"] is { } reference) { return FaultsOf(value, _root["$defs"]![reference.ToString()["#/$defs/".Length..]]!, path); }
        if (schema["anyOf"] is JsonArray options)
        {
            return options.Any(option => !FaultsOf(value, option!, path).Any()) ? [] : [$"{path}: {Shown(value)} is none of what is allowed there"];
        }

        if (schema["enum"] is JsonArray allowed)
        {
            return allowed.Any(item => JsonNode.DeepEquals(item, value)) ? [] : [$"{path}: {Shown(value)} is none of {allowed.ToJsonString()}"];
        }

        string? type = schema["type"]?.ToString();
        if (type is not null && type != TypeOf(value)) { return [$"{path}: {Shown(value)} is no {type}"]; }
        return (value, type) switch
        {
            (JsonArray list, "array") => list.SelectMany((item, index) => FaultsOf(item, schema["items"]!, $"{path}/{index}")),
            (JsonObject map, "object") => FieldFaults(map, schema, path),
            _ => [],
        };
    }

    private IEnumerable<string> FieldFaults(JsonObject map, JsonNode schema, string path)
    {
        foreach (string name in (schema["required"] as JsonArray ?? []).Select(item => item!.ToString()).Where(name => !map.ContainsKey(name)))
        {
            yield return $"{path}: {name} is missing";
        }

        foreach ((string name, JsonNode? value) in map)
        {
            JsonNode? known = schema["properties"]?[name] ?? schema["additionalProperties"];
            if (known is null or JsonValue)
            {
                if (known?.GetValueKind() == JsonValueKind.False) { yield return $"{path}: there is no {name}"; }
                continue;
            }

            foreach (string fault in FaultsOf(value, known, $"{path}/{name}")) { yield return fault; }
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private static string Shown(JsonNode? value) => value?.ToJsonString() ?? "null";
}
