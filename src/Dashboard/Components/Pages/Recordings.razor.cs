using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>What was recorded, to be played.</summary>
public sealed partial class Recordings : ComponentBase
{
    private IReadOnlyList<RecordingView>? _recordings;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Session { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _recordings = Records.Recordings;
        if (Session is { } session) { _recordings = _recordings?.Where(recording => recording.Session == session).ToList(); }
    }
}
