using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Diagnosis;

/// <summary>Findings as <c>doctor --json</c> prints them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
internal sealed partial class FindingJson : JsonSerializerContext;
