namespace MoshBroker.Detection;

/// <summary>What detectors have to tell an operator: a line when something begins, and one when it is over.</summary>
internal sealed partial class DetectionLog(ILogger<Watchman> logger)
{
    [LoggerMessage(EventId = 600, Level = LogLevel.Warning, Message = "detection {Number} {Rule} begins: {Counts}; networks {Networks}; sessions {Sessions}; tenants {Tenants}")]
    public partial void Began(long number, string rule, string counts, string networks, string sessions, string tenants);

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "detection {Number} {Rule} is over after {Seconds} s: {Counts}; networks {Networks}; sessions {Sessions}")]
    public partial void Ended(long number, string rule, double seconds, string counts, string networks, string sessions);

    [LoggerMessage(EventId = 602, Level = LogLevel.Information, Message = "detection {Number} {Rule}: {Response}")]
    public partial void Responded(long number, string rule, string response);

    [LoggerMessage(EventId = 603, Level = LogLevel.Error, Message = "a look for what is unusual failed; the next is in a second, and nothing else is touched")]
    public partial void LookFailed(Exception failure);

    [LoggerMessage(EventId = 604, Level = LogLevel.Warning, Message = "{What} could not be done: {Reason}")]
    public partial void ResponseFailed(string what, string reason);

    [LoggerMessage(EventId = 605, Level = LogLevel.Warning, Message = "UDP port {Port} cannot be a tripwire: {Reason}")]
    public partial void NoTripwire(int port, string reason);
}
