using System.Text.Json.Serialization;

namespace MoshBroker.Recording;

/// <summary>The first line of a recording's chain: what is recorded, and whose signatures follow.</summary>
/// <param name="StartedAtMs">Milliseconds since 1970.</param>
/// <param name="Key">Fingerprint of the signing key, see <see cref="RecordingKey.Fingerprint"/>.</param>
internal sealed record RecordingHead(
    [property: JsonPropertyName("moshbroker-recording")] int Version,
    [property: JsonPropertyName("session")] string Session,
    [property: JsonPropertyName("started_ms")] long StartedAtMs,
    [property: JsonPropertyName("key")] string Key)
{
    public const int CurrentVersion = 1;
}
