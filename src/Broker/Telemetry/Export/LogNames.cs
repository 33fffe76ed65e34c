using OpenTelemetry;
using OpenTelemetry.Logs;

namespace MoshBroker.Telemetry.Export;

/// <summary>Gives the attributes of log records the names that everybody's telemetry has for them.</summary>
internal sealed class LogNames : BaseProcessor<LogRecord>
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["Session"] = "session.id",
        ["Client"] = "client.address",
        ["Peer"] = "client.address",
        ["ClaimedClient"] = "moshbroker.claimed_address",
        ["Channel"] = "moshbroker.channel",
        ["Connection"] = "moshbroker.connection",
        ["Reason"] = "moshbroker.reason",
        ["Uid"] = "user.id",
        ["Method"] = "moshbroker.method",
        ["{OriginalFormat}"] = "message.template",
    };

    public override void OnEnd(LogRecord data)
    {
        if (data.Attributes is not { } attributes) { return; }
        data.Attributes = [.. attributes.Select(static pair => new KeyValuePair<string, object?>(Names.GetValueOrDefault(pair.Key) ?? $"moshbroker.{pair.Key.ToLowerInvariant()}", pair.Value))];
    }
}
