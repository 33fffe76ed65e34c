using System.Globalization;
using System.Text.Json.Nodes;

namespace MoshBroker.Deploy.Tests;

/// <summary>Reads and changes documents by paths such as <c>spec/ports/0/port</c>.</summary>
internal static class NodePaths
{
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('/').Aggregate(node, (at, step) => at switch
        {
            JsonObject map => map[step.Replace("~1", "/", StringComparison.Ordinal)],
            JsonArray list when int.TryParse(step, CultureInfo.InvariantCulture, out int index) && index < list.Count => list[index],
            _ => null,
        });

    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    public static IEnumerable<JsonObject> Items(this JsonNode? node, string path) => node.At(path) is JsonArray list ? list.OfType<JsonObject>() : [];

    public static IEnumerable<string> Strings(this JsonNode? node, string path) => node.At(path) is JsonArray list ? list.Select(item => item!.ToString()) : [];

    /// <summary>Puts a value there, or takes away what is there.</summary>
    public static void Put(this JsonNode node, string path, JsonNode? value)
    {
        int slash = path.LastIndexOf('/');
        JsonNode parent = slash < 0 ? node : node.At(path[..slash]) ?? throw new ArgumentException($"there is no {path[..slash]}", nameof(path));
        string last = path[(slash + 1)..].Replace("~1", "/", StringComparison.Ordinal);
        switch (parent)
        {
            case JsonObject map when value is null:
                if (!map.Remove(last)) { throw new ArgumentException($"there is no {path}", nameof(path)); }
                break;
            case JsonObject map: map[last] = value; break;
            case JsonArray list when value is null: list.RemoveAt(int.Parse(last, CultureInfo.InvariantCulture)); break;
            case JsonArray list: list[int.Parse(last, CultureInfo.InvariantCulture)] = value; break;
            default: throw new ArgumentException($"{path} leads nowhere", nameof(path));
        }
    }
}
