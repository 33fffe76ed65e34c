namespace MoshBroker.Tenants;

/// <summary>What happens to a session whose required recording cannot be written.</summary>
internal enum RecordingFailure
{
    /// <summary>It does not start; a running one ends.</summary>
    Refuse,

    /// <summary>Its screen is locked until the recording goes on.</summary>
    Pause,
}
