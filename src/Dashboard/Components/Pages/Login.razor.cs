using Microsoft.AspNetCore.Components;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>The way in for a browser without a cookie of ours.</summary>
public sealed partial class Login : ComponentBase
{
    [SupplyParameterFromQuery]
    private string? Failed { get; set; }

    [SupplyParameterFromQuery]
    private string? Next { get; set; }
}
