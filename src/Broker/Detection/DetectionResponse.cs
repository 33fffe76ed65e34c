namespace MoshBroker.Detection;

/// <summary>What is done when a rule finds something.</summary>
/// <param name="SampleOneIn">Of strangers' datagrams one in so many is looked at; null for all.</param>
/// <param name="Block">How long a network that most of it comes from is turned away; null for never.</param>
/// <param name="Locks">The sessions that it is about are locked.</param>
/// <param name="Notifies">The command of <see cref="DetectionPolicy.Notify"/> is told.</param>
internal sealed record DetectionResponse(int? SampleOneIn, TimeSpan? Block, bool Locks, bool Notifies);
