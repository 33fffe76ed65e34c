using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using MoshBroker.Dashboard.Components.Shared;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>One session: who, from where, how well, and what can be done about it; kept current by <c>js/session.js</c>.</summary>
public sealed partial class Session : ComponentBase
{
    private SessionView? _session;

    /// <summary>The session's id, from the address.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    [Inject]
    private Principal Who { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _session = Feed.Find(Id);
        if (_session is null) { NotFound.Mark(Context); }
    }
}
