namespace MoshBroker.Telemetry;

/// <summary>What became of a request for a session.</summary>
internal enum BootstrapResult
{
    Ok,
    AuthDenied,
    PolicyDenied,
    Quota,
    TargetUnreachable,
    Timeout,
    Error,
}
