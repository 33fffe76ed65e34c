using System.Text.Json.Serialization;

namespace MoshBroker.Recording;

// Strict: one way to write a line, so that whatever is changed in it shows.
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RecordingHead))]
[JsonSerializable(typeof(RecordingBlock))]
internal sealed partial class RecordingJson : JsonSerializerContext;
