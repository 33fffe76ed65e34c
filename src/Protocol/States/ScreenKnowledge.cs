namespace MoshBroker.Protocol.States;

/// <summary>What is known of the screen that a numbered state stands for.</summary>
public enum ScreenKnowledge
{
    /// <summary>State 0: a blank screen of a size that this end does not know. A diff from it starts with a resize.</summary>
    Initial,

    /// <summary>The frame says it all.</summary>
    Exact,

    /// <summary>
    /// A state that the client acknowledged to another incarnation of this server: neither screen nor echo-ack are known. A diff from it
    /// repaints everything and leaves the echo-ack out.
    /// </summary>
    Unknown,
}
