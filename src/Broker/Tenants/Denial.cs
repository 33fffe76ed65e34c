namespace MoshBroker.Tenants;

/// <summary>A refusal.</summary>
/// <param name="UserLine">For the one who asked: plain, with a cure where there is one, and without a word about anybody else.</param>
/// <param name="Explanation">For operators and the audit trail.</param>
internal sealed record Denial(DenyReason Reason, string UserLine, string Explanation);
