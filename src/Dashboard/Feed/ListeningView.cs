namespace MoshBroker.Dashboard.Feed;

/// <summary>One thing that listens.</summary>
/// <param name="What">"control socket", "mosh (UDP)", "dashboard".</param>
/// <param name="Where">An address, range or path; "off" when it does not.</param>
internal sealed record ListeningView(string What, string Where);
