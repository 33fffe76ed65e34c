namespace MoshBroker.Dashboard.Feed;

/// <summary>Something that somebody should look at.</summary>
/// <param name="Severity">"critical" or "warning".</param>
/// <param name="Link">Where the evidence is.</param>
internal sealed record AttentionView(string Severity, string Line, string Link);
