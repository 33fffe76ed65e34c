namespace MoshBroker.FrontDoor;

/// <summary>What the control socket has to tell an operator.</summary>
internal sealed partial class ControlLog(ILogger<ControlSocket> logger)
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "the control socket cannot accept a connection")]
    public partial void AcceptFailed(Exception failure);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "refused a request of uid {Uid} on the control socket: {Reason}")]
    public partial void Refused(uint uid, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "a request of uid {Uid} on the control socket failed")]
    public partial void Failed(uint uid, Exception failure);
}
