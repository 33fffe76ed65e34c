namespace MoshBroker.Protocol.StateSync;

/// <summary>Something that the owner of a transport may want to act on.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Reason">With <see cref="TransportEventKind.Ended"/>: why.</param>
public readonly record struct TransportEvent(TransportEventKind Kind, EndReason Reason = EndReason.None)
{
    /// <summary>The end, and why.</summary>
    public static TransportEvent Ended(EndReason reason) => new(TransportEventKind.Ended, reason);
}
