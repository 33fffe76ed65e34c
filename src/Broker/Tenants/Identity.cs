namespace MoshBroker.Tenants;

/// <summary>Who somebody is, or why he is nobody here.</summary>
/// <param name="User">Null when denied.</param>
internal readonly record struct Identity(PolicyUser? User, Denial? Denial);
