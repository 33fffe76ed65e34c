using System.Text.Json.Serialization;

namespace MoshBroker.Survival;

/// <summary>How records are written; without reflection.</summary>
[JsonSerializable(typeof(SessionRecord))]
internal sealed partial class SurvivalJson : JsonSerializerContext;
