using MoshBroker.Audit;
using MoshBroker.Diagnosis;
using MoshBroker.Native;
using MoshBroker.Recording;
using MoshBroker.Targets;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Http.Access;

/// <summary>Where the records come from.</summary>
/// <param name="Count">What lives now of a tenant's user.</param>
/// <param name="Numbers">What is counted, and who is turned away.</param>
/// <param name="Examine">Looks at the machine.</param>
internal sealed record RecordSources(
    Func<Policy> Policy, Func<string, string, SessionCounts> Count, IAuditStore Audit, IAuditTrail Trail, BrokerMetrics Numbers, MonoClock Clock, RecordingShelf Recordings, Func<CancellationToken, Task<IReadOnlyList<Finding>>> Examine)
{
    /// <summary>Connections to targets; null until the front door is open, or without one.</summary>
    public SshPool? Pool { get; set; }
}
