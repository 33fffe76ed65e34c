namespace MoshBroker.Probing;

/// <summary>One run: the legs that were tried. The last one is the one that failed, if one did.</summary>
internal sealed record ProbeResult(DateTimeOffset At, IReadOnlyList<ProbeOutcome> Legs)
{
    private const int FirstStatus = 11;

    public bool Success => Legs.All(leg => leg.Success);

    /// <summary>0, or 11 to 14 for the leg that failed.</summary>
    public int ExitStatus => Legs.FirstOrDefault(leg => !leg.Success) is { } failed ? FirstStatus + (int)failed.Leg : 0;
}
