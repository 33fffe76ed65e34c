using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>All sessions, to search, filter and sort; filled and kept current by <c>js/sessions.js</c>.</summary>
public sealed partial class Sessions : ComponentBase
{
    private static readonly IEnumerable<string> States = Enum.GetValues<SessionState>().Select(SessionLine.Name);
}
