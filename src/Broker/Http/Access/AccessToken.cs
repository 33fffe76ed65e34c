using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>A credential for the dashboard and the API, as it is kept: by its hash.</summary>
/// <param name="Hash">SHA-256 of the secret, in hex; the secret itself has 256 random bits and was shown once.</param>
/// <param name="Tenant">Null for all.</param>
internal sealed record AccessToken(
    string Id,
    string Name,
    DashboardRole Role,
    string? Tenant,
    bool MayWatch,
    bool IsBreakGlass,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    string Hash)
{
    public Principal ToPrincipal() => new(Name, [new AccessGrant(Role, Tenant, MayWatch)]);

    public bool IsValid(DateTimeOffset now) => ExpiresAt is not { } end || now < end;
}
