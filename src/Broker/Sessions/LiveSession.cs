using MoshBroker.Dashboard.Feed;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>A session that somebody could come back to, or watch.</summary>
/// <param name="Admission">What policy grants it now.</param>
/// <param name="Label">What runs there.</param>
/// <param name="HeardSecondsAgo">Since one of its people was heard; null when nobody was yet.</param>
internal sealed record LiveSession(string Id, Admission Admission, string Label, DateTimeOffset CreatedAt, SessionState State, double? HeardSecondsAgo)
{
    public string Target => Admission.Target!.Name;
}
