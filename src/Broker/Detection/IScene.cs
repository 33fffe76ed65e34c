namespace MoshBroker.Detection;

/// <summary>What the watchman asks of the rest of the broker: from his own thread.</summary>
internal interface IScene
{
    /// <summary>Completes a tally by what is counted elsewhere.</summary>
    void Complete(Tally tally);

    /// <summary>The tenant of a session; null when it is unknown.</summary>
    string? TenantOf(string session);
}
