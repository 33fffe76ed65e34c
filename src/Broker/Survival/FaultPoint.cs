namespace MoshBroker.Survival;

/// <summary>Moments of a session's turn between which a process may die.</summary>
internal enum FaultPoint
{
    /// <summary>A client's datagram was opened.</summary>
    Received,

    /// <summary>Its input is in the journal, and no checkpoint knows.</summary>
    Journalled,

    /// <summary>A checkpoint is half written.</summary>
    HalfSaved,

    /// <summary>The numbers are committed, and the program has not got its input.</summary>
    Saved,

    /// <summary>The program has it, and we have not noted so.</summary>
    HandedOver,

    /// <summary>Output was read, and is on no screen yet.</summary>
    Printed,

    /// <summary>A screen is committed, and what it is of is not wiped.</summary>
    ScreenSaved,

    /// <summary>A frame or an acknowledgement is made: its number is spent.</summary>
    Composed,

    /// <summary>It is sent.</summary>
    Sent,
}
