namespace MoshBroker.Telemetry;

/// <summary>Where a recording failed.</summary>
internal enum RecordingStage
{
    /// <summary>Its bytes could not be written.</summary>
    Write,

    /// <summary>The line that signs them could not.</summary>
    Seal,
    Upload,
    Verify,
}
