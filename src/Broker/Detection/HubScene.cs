using MoshBroker.Endpoint;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Detection;

/// <summary>The broker as the watchman asks of it: what hub and metrics count anyway.</summary>
internal sealed class HubScene(SessionHub hub, BrokerMetrics metrics) : IScene
{
    private readonly (long Started, long Never)[] _starts = new (long, long)[TenantTable.Limit + 1];
    private long _exhausted;
    private (long Sent, long Received) _unvalidated;

    public void Complete(Tally tally)
    {
        long exhausted = 0;
        foreach (SharedPort port in hub.SharedPorts) { exhausted += Volatile.Read(ref port.Stats.BudgetExhausted); }
        (long sent, long received) = metrics.Unvalidated;
        tally.BudgetExhausted = exhausted - _exhausted;
        (tally.UnvalidatedSent, tally.UnvalidatedReceived) = (sent - _unvalidated.Sent, received - _unvalidated.Received);
        (tally.Attached, tally.Silent) = hub.Presence;
        IReadOnlyList<string> names = metrics.Registry.Tenants.Names;
        TenantStarts[] starts = new TenantStarts[names.Count];
        for (int tenant = 0; tenant < starts.Length; tenant++)
        {
            (long started, long never) = metrics.StartsOf(tenant);
            starts[tenant] = new TenantStarts(tenant, names[tenant], started - _starts[tenant].Started, never - _starts[tenant].Never);
            _starts[tenant] = (started, never);
        }

        tally.Starts = starts;
        (_exhausted, _unvalidated) = (exhausted, (sent, received));
    }

    public string? TenantOf(string session) => hub.Find(session)?.Tenant;
}
