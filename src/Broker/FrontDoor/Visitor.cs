using System.Net;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Somebody who has proved who he is, at the moment of a request.</summary>
/// <param name="Client">Where he is, as we see it.</param>
/// <param name="Attempt">What is counted and traced of his way in.</param>
/// <param name="Asked">Stopwatch's reading when his request came.</param>
/// <param name="Policy">The one that identified him; the whole request is judged by it.</param>
internal sealed record Visitor(PolicyUser User, Credential Credential, IPAddress Client, BootstrapAttempt Attempt, long Asked, Policy Policy)
{
    public bool Owns(Admission admission) => admission.Tenant == User.Tenant.Name && admission.User == User.Name;
}
