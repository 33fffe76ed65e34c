using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Somebody who sees a session: a window of some size, that may or may not type.</summary>
internal interface IViewer
{
    /// <summary>The window; 0 before it is known.</summary>
    int Columns { get; }

    int Rows { get; }

    /// <summary>When his turn began.</summary>
    MonoTime Now { get; }

    /// <summary>True for a watcher: keys go nowhere, and the terminal does not follow his window.</summary>
    bool IsReadOnly { get; }
}
