namespace MoshBroker.Telemetry;

/// <summary>Why a session went on in another process than before.</summary>
internal enum HandoverCause
{
    Drain,
    Rebalance,

    /// <summary>The process before is gone, whoever ended it.</summary>
    Crash,
    Upgrade,
}
