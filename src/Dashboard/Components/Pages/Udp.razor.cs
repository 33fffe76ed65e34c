using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>What is odd about the datagrams that come, what is done about it, and the two numbers that must stay zero.</summary>
public sealed partial class Udp : ComponentBase
{
    private UdpView? _udp;
    private IReadOnlyList<DetectionView> _detections = [];

    [Inject]
    private IBrokerFeed Feed { get; set; } = null!;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [Inject]
    private Principal Who { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _udp = Records.Udp;
        _detections = Feed.Detections;
    }
}
