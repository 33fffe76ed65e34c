namespace MoshBroker.Cluster;

/// <summary>Why a session ended. The names, in snake case, are those of logs, metrics and the store: stable.</summary>
internal enum SessionEndReason
{
    UserExit,
    ClientQuit,
    NeverConnected,
    IdleTimeout,
    LeaseExpired,
    Revoked,
    Operator,
    TargetLost,
    CryptoLimit,
    NodeLost,
    Quota,
    ProtocolError,
    InternalError,
    PtyStalled,
    Shutdown,
    DrainLimit,
    RestoreFailed,
    BackendLost,
    RecordingFailed,
}
