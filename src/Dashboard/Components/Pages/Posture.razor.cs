using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>What the doctor finds, the worst first.</summary>
public sealed partial class Posture : ComponentBase
{
    private IReadOnlyList<FindingView>? _findings;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _findings = await Records.PostureAsync(CancellationToken.None);
}
