using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Probing;

/// <summary>Writes a leg in lower case: <c>udp</c>.</summary>
internal sealed class ProbeLegConverter() : JsonStringEnumConverter<ProbeLeg>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
