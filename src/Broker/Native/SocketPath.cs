namespace MoshBroker.Native;

/// <summary>Whether a Unix socket can be bound at a path.</summary>
internal enum SocketPath
{
    /// <summary>Nothing is there; a socket that a dead process left has been removed.</summary>
    Free,

    /// <summary>A file of another kind is there, and stays.</summary>
    OtherFile,

    /// <summary>Somebody answers there.</summary>
    Answered,
}
