namespace MoshBroker.Tenants;

internal enum RecordingMode
{
    Off,

    /// <summary>Recorded if it can be.</summary>
    On,

    /// <summary>No session without a recording.</summary>
    Required,
}
