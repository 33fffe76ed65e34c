using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>The machines: load, room, build, and where they listen.</summary>
public sealed partial class Nodes : ComponentBase
{
    private NodeView _node = null!;

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => _node = Feed.Node;
}
