namespace MoshBroker.FrontDoor;

/// <summary>What the control socket has to tell an operator.</summary>
internal sealed partial class ControlLog(ILogger<ControlSocket> logger)
{
    private readonly RefusalSampler _sampler = new(TimeProvider.System);

    [LoggerMessage(EventId = 200, Level = LogLevel.Warning, Message = "the control socket cannot accept a connection")]
    public partial void AcceptFailed(Exception failure);

    /// <summary>Tells of a refused request; of a user who makes many, once in a while and how many there were.</summary>
    public void Refused(uint uid, string reason)
    {
        if (_sampler.Take(uid) is { } passed) { Refused(uid, reason, passed); }
    }

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "refused a request of uid {Uid} on the control socket: {Reason} ({Passed} more since the last line)")]
    private partial void Refused(uint uid, string reason, int passed);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "a request of uid {Uid} on the control socket failed")]
    public partial void Failed(uint uid, Exception failure);
}
