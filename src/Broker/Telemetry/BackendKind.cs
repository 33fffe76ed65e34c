namespace MoshBroker.Telemetry;

/// <summary>What runs behind a terminal.</summary>
internal enum BackendKind
{
    /// <summary>A program on this machine.</summary>
    Pty,

    /// <summary>A connection to another one.</summary>
    Ssh,
}
