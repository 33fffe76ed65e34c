using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>The JSON schema for editors, made of the shapes that the reader goes by; <c>docs/policy.schema.json</c> is this text.</summary>
internal static class PolicySchema
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render()
    {
        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "moshbroker policy",
            ["description"] = "Made by 'moshbroker policy schema'; the reference is docs/policy.md.",
        };
        foreach ((string name, JsonNode? part) in PolicyShapes.Policy.ToSchema()) { schema[name] = part!.DeepClone(); }
        return schema.ToJsonString(Format) + "\n";
    }
}
