namespace MoshBroker.FrontDoor;

/// <summary>How far a connection to the front door has come.</summary>
internal enum ArrivalStage
{
    /// <summary>A load balancer has still to say for whom it connects.</summary>
    Announced,

    /// <summary>It has not said "SSH-" yet.</summary>
    Silent,

    /// <summary>It has spoken, and waits for an sshd.</summary>
    Waiting,

    /// <summary>Its sshd is at work on the login.</summary>
    Served,

    /// <summary>It has proved who it is.</summary>
    LoggedIn,

    Gone,
}
