namespace MoshBroker.Cluster;

/// <summary>What a claim brought.</summary>
/// <param name="Sessions">Those that are the claimant's now, with their new epochs, oldest first; others of the list had ended or had another owner.</param>
internal sealed record SessionClaim(ClaimOutcome Outcome, IReadOnlyList<SessionRow> Sessions);
