using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Shared;

/// <summary>What all pages have: the way to the others, and who is logged in.</summary>
public sealed partial class MainLayout : LayoutComponentBase
{
    private static readonly (string Address, string Title)[] Pages =
    [
        ("/", "Overview"),
        ("/sessions", "Sessions"),
    ];

    [Inject]
    private Principal Who { get; set; } = null!;
}
