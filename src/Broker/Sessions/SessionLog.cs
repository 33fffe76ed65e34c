namespace MoshBroker.Sessions;

/// <summary>What a session's life has to tell an operator. Never key material, keystrokes or screen content.</summary>
internal sealed partial class SessionLog(ILogger<SessionHub> logger)
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "session {Session} of uid {Uid} waits for its client on UDP port {Port}; the client comes from {ClaimedClient}, it says")]
    public partial void Opened(string session, uint uid, int port, string claimedClient);

    [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "session {Session}: client attached from {Peer}")]
    public partial void Attached(string session, string peer);

    [LoggerMessage(EventId = 102, Level = LogLevel.Information, Message = "session {Session}: client roamed to {Peer}")]
    public partial void Roamed(string session, string peer);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "session {Session} ended: {Reason}")]
    public partial void Ended(string session, string reason);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "session {Session}: channel {Channel} ended: {Reason}")]
    public partial void ChannelEnded(string session, int channel, string reason);

    [LoggerMessage(EventId = 105, Level = LogLevel.Error, Message = "session {Session} failed; it ends, and no other is touched")]
    public partial void Failed(string session, Exception failure);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "the store did not take that session {Session} ended")]
    public partial void StoreMissedEnd(string session, Exception failure);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "session {Session}: no new epoch could be drawn for channel {Channel}; it falls silent when its numbers are spent")]
    public partial void NoEpoch(string session, int channel, Exception? failure);

    [LoggerMessage(EventId = 108, Level = LogLevel.Information, Message = "session {Session}: the screen's lock changed: {Reason}")]
    public partial void LockChanged(string session, string reason);

    [LoggerMessage(EventId = 109, Level = LogLevel.Warning, Message = "session {Session}: somebody makes its client seem to flap between networks, or it does; it is answered at {Peer} for now")]
    public partial void Flapping(string session, string peer);

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "session {Session}: its screen is too large to be saved; it would end with this process")]
    public partial void WouldNotSurvive(string session);

    [LoggerMessage(EventId = 111, Level = LogLevel.Information, Message = "the broker is drained: no new session from here on, {Sessions} are left")]
    public partial void Draining(int sessions);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "session {Session}: the client's datagrams come through its ssh connection from {Peer}")]
    public partial void Streamed(string session, string peer);
}
