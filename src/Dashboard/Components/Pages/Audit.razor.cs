using System.Globalization;
using Microsoft.AspNetCore.Components;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Dashboard.Components.Pages;

/// <summary>Who did what, from where, with which outcome; what is searched for stands in the address.</summary>
public sealed partial class Audit : ComponentBase
{
    private const int Limit = 200;

    private static readonly string[] Names =
    [
        "login", "deny", "session.start", "session.end", "session.attach", "session.detach", "session.roam", "session.watch", "session.close", "session.lock",
        "session.unlock", "session.message", "dashboard.login", "token.create", "token.revoke", "policy.reload", "policy.refused", "detection", "recording.failed", "recording.play", "block.lift", "block.extend",
        "broker.start", "broker.stop",
    ];

    private IReadOnlyList<AuditEventView>? _events;
    private string? _fault;

    [Inject]
    private IBrokerRecords Records { get; set; } = null!;

    [SupplyParameterFromQuery]
    private string? Event { get; set; }

    [SupplyParameterFromQuery]
    private string? Tenant { get; set; }

    [SupplyParameterFromQuery]
    private string? User { get; set; }

    [SupplyParameterFromQuery]
    private string? Session { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? Until { get; set; }

    private string Older
    {
        get
        {
            string[] kept = [.. new[] { ("event", Event), ("tenant", Tenant), ("user", User), ("session", Session), ("since", Since), ("until", _events![^1].At) }
                .Where(pair => !string.IsNullOrEmpty(pair.Item2)).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}")];
            return $"/audit?{string.Join('&', kept)}";
        }
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        DateTimeOffset? since = Moment(Since);
        DateTimeOffset? until = Moment(Until);
        _events = await Records.AuditAsync(new AuditQuestion(Word(Event), Word(Tenant), Word(User), Word(Session), since, until, Limit), CancellationToken.None);
    }

    private static string? Word(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private DateTimeOffset? Moment(string? text)
    {
        if (Word(text) is not { } word) { return null; }
        if (DateTimeOffset.TryParse(word, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)) { return moment; }
        _fault = $"“{word}” is not a moment: write it as 2027-01-31T18:00Z";
        return null;
    }
}
