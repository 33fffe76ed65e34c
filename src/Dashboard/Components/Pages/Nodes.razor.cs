using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>The machines: load, room, build, where they listen, and what became of sessions across their starts; kept current by <c>js/nodes.js</c>.</summary>
public sealed partial class Nodes : ComponentBase
{
    private NodePageView? _node;
    private IReadOnlyList<NodeStartView>? _starts;

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _node = NodePageView.Of(Feed.Node);
        _starts = await Records.StartsAsync(Context.RequestAborted);
    }
}
