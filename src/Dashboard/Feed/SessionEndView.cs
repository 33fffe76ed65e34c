namespace MoshBroker.Dashboard.Feed;

/// <summary>Something that ends a session, or locks its screen, unless it is put off.</summary>
/// <param name="Cause">"idle", "absolute", "lease", "network", "first_client".</param>
/// <param name="Action">"end" or "lock".</param>
/// <param name="Line">The same in words.</param>
internal sealed record SessionEndView(string Cause, string Action, DateTimeOffset At, string Line);
