using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Detection.Rules;

/// <summary>Sessions of a tenant begin over SSH and no UDP follows: more than a fifth of more than ten, in a quarter of an hour.</summary>
internal sealed class NeverConnected : IDetector
{
    private const double Share = 0.2;
    private const double Least = 10;

    private readonly (EventWindow Started, EventWindow Never)?[] _tenants = new (EventWindow, EventWindow)?[TenantTable.Limit + 1];

    public DetectionRule Rule => DetectionRule.NeverConnected;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        List<string> tenants = [];
        double allStarted = 0;
        double allNever = 0;
        foreach (TenantStarts tenant in seen.Starts)
        {
            (EventWindow started, EventWindow never) = _tenants[tenant.Tenant] ??= (new EventWindow(60_000, 15), new EventWindow(60_000, 15));
            started.Add(now, tenant.Started);
            never.Add(now, tenant.NeverConnected);
            double begun = started.Sum(now);
            double lost = never.Sum(now);
            if (begun <= Least || lost <= Share * begun) { continue; }
            tenants.Add(tenant.Name);
            allStarted += begun;
            allNever += lost;
        }

        return tenants.Count == 0 ? null : Evidence.Of(("never_connected", allNever), ("started", allStarted)) with { Tenants = tenants };
    }
}
