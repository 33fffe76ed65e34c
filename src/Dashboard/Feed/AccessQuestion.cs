namespace MoshBroker.Dashboard.Feed;

/// <summary>May a user have a session, from there, with that target, at that moment?</summary>
/// <param name="Target">Empty for the tenant's default.</param>
/// <param name="At">Empty for now.</param>
internal sealed record AccessQuestion(string Tenant, string User, string Target, string From, string At);
