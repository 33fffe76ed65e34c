namespace MoshBroker.Audit;

/// <summary>The events that the audit trail knows.</summary>
internal static class AuditEventName
{
    public const string Login = "login";
    public const string Deny = "deny";
    public const string SessionStart = "session.start";
    public const string SessionResume = "session.resume";
    public const string SessionEnd = "session.end";
    public const string SessionTarget = "session.target";
    public const string Attach = "session.attach";
    public const string Detach = "session.detach";
    public const string Roam = "session.roam";
    public const string Flapping = "session.flapping";
    public const string Watch = "session.watch";
    public const string Close = "session.close";
    public const string Lock = "session.lock";
    public const string Unlock = "session.unlock";
    public const string Message = "session.message";
    public const string DashboardLogin = "dashboard.login";
    public const string TokenCreate = "token.create";
    public const string TokenRevoke = "token.revoke";
    public const string PolicyReload = "policy.reload";
    public const string PolicyRefused = "policy.refused";
    public const string Detection = "detection";
    public const string BlockLift = "block.lift";
    public const string BlockExtend = "block.extend";
    public const string RecordingPlay = "recording.play";
    public const string RecordingFailed = "recording.failed";
    public const string BrokerStart = "broker.start";
    public const string BrokerStop = "broker.stop";

    /// <summary>Events that came faster than they could be written were left out; how many is in the record.</summary>
    public const string Gap = "audit.gap";
}
