namespace MoshBroker.Sessions.Verdicts;

/// <summary>Why a session does, or does not, feel alive just now.</summary>
internal enum VerdictCause
{
    Fine,

    /// <summary>No client has been heard yet.</summary>
    NoClient,

    /// <summary>Nothing comes from the client: it is asleep, or its way here is cut. Which of both shows when it returns.</summary>
    Silent,

    /// <summary>It was silent until just now, and had sent nothing meanwhile.</summary>
    WasAsleep,

    /// <summary>It was silent until just now, and what it had sent meanwhile is missing.</summary>
    UplinkWasCut,

    /// <summary>What the client sends arrives, and tells that it hears nothing.</summary>
    DownlinkCut,

    PathLossy,

    /// <summary>The client's port changed, and it was not the client that changed it.</summary>
    NatRebound,

    /// <summary>The session has to wait in the broker: for its turn, or for its share.</summary>
    BrokerQueue,

    /// <summary>What was typed is not taken, or not answered.</summary>
    TargetStalled,

    /// <summary>Ctrl-S: the terminal holds the program's output back.</summary>
    ProgramStopped,
}
