using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Probing;

/// <summary>The JSON of <c>moshbroker probe --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class ProbeJson : JsonSerializerContext;
