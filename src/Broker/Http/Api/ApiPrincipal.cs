using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Api;

/// <summary>Who asks, and what he may.</summary>
internal sealed record ApiPrincipal(string Name, string Role, IReadOnlyList<AccessGrant> Grants);
