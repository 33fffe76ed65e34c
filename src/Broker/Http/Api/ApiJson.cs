using System.Text.Json;
using System.Text.Json.Serialization;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Api;

/// <summary>The JSON of what only the API has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ApiFault))]
[JsonSerializable(typeof(ApiBlock))]
[JsonSerializable(typeof(IReadOnlyList<RecordingView>))]
[JsonSerializable(typeof(UdpView))]
[JsonSerializable(typeof(AccessAnswer))]
[JsonSerializable(typeof(IReadOnlyList<TenantView>))]
[JsonSerializable(typeof(IReadOnlyList<AuditEventView>))]
[JsonSerializable(typeof(IReadOnlyList<FindingView>))]
[JsonSerializable(typeof(ApiMessage))]
[JsonSerializable(typeof(IReadOnlyList<NodeStartView>))]
[JsonSerializable(typeof(ApiPrincipal))]
internal sealed partial class ApiJson : JsonSerializerContext;
