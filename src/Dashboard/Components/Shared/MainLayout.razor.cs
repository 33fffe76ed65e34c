using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Shared;

/// <summary>What all pages have: the way to the others, and who is logged in.</summary>
public sealed partial class MainLayout : LayoutComponentBase
{
    [Inject]
    private Principal Who { get; set; } = null!;

    private IEnumerable<(string Address, string Title)> Pages
    {
        get
        {
            yield return ("/", "Overview");
            yield return ("/sessions", "Sessions");
            yield return ("/udp", "Unusual UDP");
            yield return ("/tenants", "Tenants");
            if (Who.SeesAll)
            {
                yield return ("/nodes", "Nodes");
                yield return ("/posture", "Posture");
            }

            if (Who.IsAuditor)
            {
                yield return ("/audit", "Audit");
                yield return ("/recordings", "Recordings");
            }
        }
    }
}
