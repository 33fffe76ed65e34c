namespace MoshBroker.Backends;

/// <summary>Why a backend is gone.</summary>
internal enum BackendEnd
{
    /// <summary>The program ended: nobody holds the terminal open any more.</summary>
    Exited,

    /// <summary>A call on its descriptor blocked although it must not: somebody changed the descriptor's flags under us.</summary>
    Stalled,

    /// <summary>What it led to could not be reached, or not again.</summary>
    Lost,

    /// <summary>An error of the descriptor that we did not expect.</summary>
    Failed,
}
