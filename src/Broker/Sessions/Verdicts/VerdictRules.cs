namespace MoshBroker.Sessions.Verdicts;

/// <summary>From facts to a verdict. What hides everything behind it comes first; what is over comes after what is not.</summary>
internal static class VerdictRules
{
    /// <summary>More than two heartbeats in a row are missing.</summary>
    public const long SilentAfterMs = 6500;

    /// <summary>Lost acknowledgements alone, on a bad path, last less than that.</summary>
    public const long DeafAfterMs = 5000;

    /// <summary>How long it is told that something has just been.</summary>
    public const long ToldMs = 15_000;

    /// <summary>A turn's wait is over at once; whoever asks comes a little later.</summary>
    public const long QueueToldMs = 5000;

    public const double LossyFrom = 0.10;
    public const double LossyUntil = 0.04;

    /// <param name="before">The last verdict: a cause that comes and goes at its limit is kept.</param>
    public static VerdictCause Of(in VerdictFacts facts, VerdictCause before)
    {
        if (!facts.HasClient) { return VerdictCause.NoClient; }
        if (facts.SilentMs >= SilentAfterMs) { return VerdictCause.Silent; }
        if (facts.DeafMs >= (before == VerdictCause.DownlinkCut ? 1 : DeafAfterMs)) { return VerdictCause.DownlinkCut; }
        if (facts.IsStopped) { return VerdictCause.ProgramStopped; }
        if (facts.UntakenMs > 0) { return VerdictCause.TargetStalled; }
        if (facts.QueuedMs < QueueToldMs) { return VerdictCause.BrokerQueue; }
        if (facts.ReturnedMs < ToldMs) { return facts.WasAsleep ? VerdictCause.WasAsleep : VerdictCause.UplinkWasCut; }
        if (facts.ReboundMs < ToldMs) { return VerdictCause.NatRebound; }
        return facts.Loss >= (before == VerdictCause.PathLossy ? LossyUntil : LossyFrom) ? VerdictCause.PathLossy : VerdictCause.Fine;
    }

    /// <summary>From what is missing after a silence: did the client send nothing, or did nothing arrive?</summary>
    /// <param name="silenceMs">How long nothing came.</param>
    /// <param name="missing">How many numbers are missing.</param>
    public static bool WasAsleep(long silenceMs, ulong missing)
    {
        // Awake it would have sent a heartbeat every 3 s. A laptop may be cut off first and fall asleep then: what it did for longer counts.
        ulong heartbeats = (ulong)Math.Max(1, (silenceMs / 3000) - 1);
        return missing * 2 < heartbeats;
    }
}
