using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Http.Access;

/// <summary>The form of the tokens' file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(AccessToken[]))]
internal sealed partial class AccessJson : JsonSerializerContext;
