namespace MoshBroker.Detection;

/// <summary>What a detector looks for. The names, in snake case, are those of the alerts: one word for Prometheus, the audit trail and the policy.</summary>
internal enum DetectionRule
{
    AuthFailureBurst,
    KnownPeerAuthFailures,
    OldReplays,
    SourceChurn,
    TripwireTouched,
    RoamFlapping,
    TrialDecryptBudgetExhausted,
    SendAmplification,
    NeverConnected,
    MassDetach,
    SshAuthFailureBurst,
    BreakGlass,
}
