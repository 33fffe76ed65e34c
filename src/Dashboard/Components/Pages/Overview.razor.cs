using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>What this node does, at a glance: rendered once from a snapshot, then kept current by <c>js/overview.js</c>.</summary>
public sealed partial class Overview : ComponentBase
{
    private NodeView _node = null!;
    private OverviewView _overview = null!;

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    [Inject]
    private Principal Who { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _node = Feed.Node;
        _overview = OverviewView.Of(Feed);
    }
}
