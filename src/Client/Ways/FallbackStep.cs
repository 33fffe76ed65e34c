namespace MoshBroker.Client.Ways;

/// <summary>What <see cref="FallbackPlan"/> wants done.</summary>
internal enum FallbackStep
{
    None,

    /// <summary>ssh is to be started.</summary>
    Start,

    /// <summary>The next datagram is to go by UDP too.</summary>
    Probe,

    /// <summary>ssh has not been needed for long.</summary>
    Stop,
}
