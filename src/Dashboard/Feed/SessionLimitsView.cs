namespace MoshBroker.Dashboard.Feed;

/// <summary>What may end a session, and what it may use.</summary>
/// <param name="Ends">What comes first stands first; empty when nothing but its program or its user ends it.</param>
/// <param name="Rules">Limits and what is used of them, in words.</param>
internal sealed record SessionLimitsView(IReadOnlyList<SessionEndView> Ends, IReadOnlyList<FactView> Rules);
