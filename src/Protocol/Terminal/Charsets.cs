namespace MoshBroker.Protocol.Terminal;

/// <summary>Which character sets are designated as G0 and G1, and which of them is in use. All but DEC's line drawing count as ASCII.</summary>
internal record struct Charsets
{
    public bool G0DrawsLines;
    public bool G1DrawsLines;

    /// <summary>SO: G1 is in use.</summary>
    public bool IsShiftedOut;

    /// <summary>The letters mean lines.</summary>
    public readonly bool DrawsLines => IsShiftedOut ? G1DrawsLines : G0DrawsLines;
}
