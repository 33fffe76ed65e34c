using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using MoshBroker.Dashboard.Components.Shared;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>One recording, played through the broker's emulator.</summary>
public sealed partial class Playback : ComponentBase
{
    private RecordingView? _recording;

    /// <summary>From the address.</summary>
    [Parameter]
    public string Tenant { get; set; } = "";

    /// <summary>From the address.</summary>
    [Parameter]
    public string Name { get; set; } = "";

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _recording = Records.Recordings?.FirstOrDefault(recording => recording.Tenant == Tenant && recording.Name == Name);
        if (_recording is null) { NotFound.Mark(Context); }
    }
}
