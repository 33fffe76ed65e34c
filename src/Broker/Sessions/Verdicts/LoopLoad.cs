namespace MoshBroker.Sessions.Verdicts;

/// <summary>Whether a loop keeps up: turns that had to wait for longer than can be felt. Written by the loop, read by its sessions there.</summary>
internal sealed class LoopLoad
{
    /// <summary>A frame interval is 20 to 250 ms.</summary>
    private const long FeltMs = 200;

    /// <summary>How many turns waited that long.</summary>
    public long SlowTurns { get; private set; }

    /// <summary>How long the last of them did, in ms.</summary>
    public long LastWaitMs { get; private set; }

    public void OnTurn(TimeSpan wait)
    {
        if (wait.TotalMilliseconds < FeltMs) { return; }
        SlowTurns++;
        LastWaitMs = (long)wait.TotalMilliseconds;
    }
}
