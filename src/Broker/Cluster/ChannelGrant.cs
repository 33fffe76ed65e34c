namespace MoshBroker.Cluster;

/// <summary>An added channel's number, when <see cref="Outcome"/> is <see cref="FencedOutcome.Done"/>.</summary>
internal readonly record struct ChannelGrant(FencedOutcome Outcome, int ChannelId);
