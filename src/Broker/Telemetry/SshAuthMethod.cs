namespace MoshBroker.Telemetry;

/// <summary>How somebody tried to log in at the front door. What else a client may try is not offered, and counts as <see cref="Publickey"/>.</summary>
internal enum SshAuthMethod
{
    Publickey,
    Password,
    KeyboardInteractive,
    Certificate,
}
