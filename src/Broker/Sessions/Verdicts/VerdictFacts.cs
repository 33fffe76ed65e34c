namespace MoshBroker.Sessions.Verdicts;

/// <summary>What is known of a session at one moment, as far as it says why it might feel frozen. Times in ms; <see cref="Never"/> for what did not happen.</summary>
internal readonly record struct VerdictFacts
{
    public const long Never = long.MaxValue;

    public VerdictFacts()
    {
    }

    /// <summary>Somebody was heard, ever.</summary>
    public bool HasClient { get; init; } = true;

    /// <summary>Since the last fresh datagram of the client that was heard last.</summary>
    public long SilentMs { get; init; }

    /// <summary>For how long what that client sends has acknowledged nothing, though it must have; 0 while it does.</summary>
    public long DeafMs { get; init; }

    /// <summary>Since it came back from a silence.</summary>
    public long ReturnedMs { get; init; } = Never;

    /// <summary>It had sent nothing in that silence.</summary>
    public bool WasAsleep { get; init; }

    /// <summary>Since it was heard from another port that it did not choose.</summary>
    public long ReboundMs { get; init; } = Never;

    /// <summary>Share of datagrams lost lately, in the worse direction.</summary>
    public double Loss { get; init; }

    /// <summary>Since the session last had to wait in the broker for longer than can be felt.</summary>
    public long QueuedMs { get; init; } = Never;

    /// <summary>The terminal holds the program's output back.</summary>
    public bool IsStopped { get; init; }

    /// <summary>For how long what was typed has not been taken or answered; 0 when nothing waits.</summary>
    public long UntakenMs { get; init; }
}
