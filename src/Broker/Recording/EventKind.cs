namespace MoshBroker.Recording;

/// <summary>What is recorded.</summary>
internal enum EventKind : byte
{
    Output,
    Input,

    /// <summary>"80x24".</summary>
    Resize,
    Marker,
}
