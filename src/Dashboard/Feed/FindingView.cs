namespace MoshBroker.Dashboard.Feed;

/// <summary>What the doctor looked at, and found.</summary>
/// <param name="Severity">"ok", "warning" or "critical".</param>
internal sealed record FindingView(string Check, string Severity, string Found, string Why, string Fix);
