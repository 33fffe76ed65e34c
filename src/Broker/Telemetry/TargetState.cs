namespace MoshBroker.Telemetry;

/// <summary>How a session stands with its program.</summary>
internal enum TargetState
{
    /// <summary>On the way to it, for the first time or again.</summary>
    Connecting,

    Open,

    /// <summary>It takes no input, and some waits.</summary>
    Stalled,
}
