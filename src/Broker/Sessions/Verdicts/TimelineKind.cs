namespace MoshBroker.Sessions.Verdicts;

/// <summary>What can stand in a session's timeline. The numbers that go with it are named in the comments.</summary>
internal enum TimelineKind
{
    Started,

    /// <summary>Channel.</summary>
    Attached,

    /// <summary>Channel; negative for somebody at a tty.</summary>
    Detached,

    /// <summary>How far, a <see cref="Endpoint.RoamKind"/>.</summary>
    Roamed,

    /// <summary>After a silence of so many seconds, so many numbers missing.</summary>
    Returned,

    /// <summary>After a silence of so many seconds, in which nothing was sent.</summary>
    Woke,

    /// <summary>Columns, rows.</summary>
    Resized,

    /// <summary>Another verdict, a <see cref="VerdictCause"/>, after so many seconds of the one before.</summary>
    Verdict,

    Locked,
    Unlocked,

    /// <summary>A <see cref="Cluster.SessionEndReason"/>.</summary>
    Ended,
}
