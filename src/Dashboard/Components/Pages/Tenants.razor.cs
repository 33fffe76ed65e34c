using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>The policy as it is in force, what is used of it, and whether somebody would be let in.</summary>
public sealed partial class Tenants : ComponentBase
{
    private IReadOnlyList<TenantView> _tenants = [];
    private AccessAnswer? _answer;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [Inject]
    private Principal Who { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? User { get; set; }

    [SupplyParameterFromQuery]
    private string? Of { get; set; }

    [SupplyParameterFromQuery]
    private string? Target { get; set; }

    [SupplyParameterFromQuery]
    private string? From { get; set; }

    [SupplyParameterFromQuery]
    private string? At { get; set; }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _tenants = Records.Tenants;
        if (User is null || Of is null) { return; }
        _answer = Records.Ask(new AccessQuestion(Of, User.Trim(), Target?.Trim() ?? "", From?.Trim() ?? "", At?.Trim() ?? ""))
            ?? new AccessAnswer(null, $"This needs the role operator or auditor for {Of}");
    }
}
