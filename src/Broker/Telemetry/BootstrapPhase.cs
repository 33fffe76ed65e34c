namespace MoshBroker.Telemetry;

/// <summary>A part of the way to a usable prompt.</summary>
internal enum BootstrapPhase
{
    SshAuth,

    /// <summary>From the request to the answer: port, key, store.</summary>
    Placement,

    TargetConnect,

    /// <summary>From the answer to the client's first datagram.</summary>
    FirstDatagram,
}
