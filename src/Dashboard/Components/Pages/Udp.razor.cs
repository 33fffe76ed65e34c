using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>What is odd about the datagrams that come, what is done about it, and the two numbers that must stay zero; kept current by <c>js/udp.js</c>.</summary>
public sealed partial class Udp : ComponentBase
{
    private UdpPageView _page = null!;

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [Inject]
    private Principal Who { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => _page = UdpPageView.Of(Feed, Records);
}
