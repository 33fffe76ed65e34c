using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>Writes a state in lower case: <c>attached</c>.</summary>
internal sealed class SessionStateConverter() : JsonStringEnumConverter<SessionState>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
