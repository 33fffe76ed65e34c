namespace MoshBroker.Telemetry;

/// <summary>Why a target cannot be had.</summary>
internal enum TargetFailure
{
    /// <summary>Its name is not known.</summary>
    Dns,
    Refused,
    Hostkey,

    /// <summary>It does not let the broker in, or has no algorithm in common with it.</summary>
    Auth,

    /// <summary>No answer, or no way to it.</summary>
    Timeout,

    /// <summary>The connection broke.</summary>
    Reset,
}
