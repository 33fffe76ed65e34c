namespace MoshBroker.FrontDoor;

/// <summary>What the front door has to tell an operator. Fingerprints at most, never a key.</summary>
internal sealed partial class FrontDoorLog(ILogger<Reception> logger)
{
    [LoggerMessage(EventId = 300, Level = LogLevel.Information, Message = "front door: {Client} proved who he is (connection {Connection}, {Method})")]
    public partial void Accepted(string client, long connection, string method);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "front door: {Client} failed to log in (connection {Connection}, {Method}): {Reason}")]
    public partial void Failed(string client, long connection, string method, string reason);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "front door: turned {Client} away (connection {Connection}): {Reason}")]
    public partial void TurnedAway(string client, long connection, string reason);

    [LoggerMessage(EventId = 303, Level = LogLevel.Debug, Message = "front door: sshd on connection {Connection}: {Line}")]
    public partial void Line(long connection, string line);

    [LoggerMessage(EventId = 304, Level = LogLevel.Error, Message = "front door: sshd cannot be started: {Reason}")]
    public partial void NoSshd(string reason);

    [LoggerMessage(EventId = 305, Level = LogLevel.Warning, Message = "front door: {Weakness}")]
    public partial void Weaker(string weakness);

    [LoggerMessage(EventId = 306, Level = LogLevel.Information, Message = "front door: denied {Who} from {Client}: {Reason} ({Explanation})")]
    public partial void Denied(string who, string client, string reason, string explanation);

    [LoggerMessage(EventId = 307, Level = LogLevel.Error, Message = "front door: the keys of the policy could not be written; those of before stay")]
    public partial void KeysNotWritten(Exception failure);

    [LoggerMessage(EventId = 308, Level = LogLevel.Warning, Message = "front door: refused {Count} more from {Client}: {Reason}")]
    public partial void MoreRefused(int count, string client, string reason);
}
