namespace MoshBroker.Audit;

/// <summary>Where what happened is written down for those who must be able to ask later: who, from where, what, and with which outcome.</summary>
internal interface IAuditTrail
{
    /// <summary>Takes one event. From any thread, without waiting; the time is noted here.</summary>
    void Write(AuditEvent happened);
}
