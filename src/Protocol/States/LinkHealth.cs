namespace MoshBroker.Protocol.States;

/// <summary>How the session does, seen from the broker.</summary>
/// <param name="Question">Number of the question that this answers.</param>
/// <param name="RoundTripMs">Smoothed; 0 before the first sample.</param>
/// <param name="VariationMs">Its variation.</param>
/// <param name="UplinkLoss">Of the client's datagrams, how many of 1,000 did not come.</param>
/// <param name="DownlinkRepeats">Of the broker's frames, how many of 1,000 had to be sent again.</param>
/// <param name="Verdict">What the broker makes of it, for a person; at most <see cref="MaxVerdictLength"/> bytes of UTF-8, shown without its control characters.</param>
public sealed record LinkHealth(int Question, int RoundTripMs, int VariationMs, int UplinkLoss, int DownlinkRepeats, string Verdict)
{
    /// <summary>More would not fit into a line.</summary>
    public const int MaxVerdictLength = 200;
}
