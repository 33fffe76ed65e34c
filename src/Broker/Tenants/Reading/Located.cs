namespace MoshBroker.Tenants.Reading;

/// <summary>A value that remembers its place, because whether it is right is known only when the rest has been read.</summary>
internal readonly record struct Located<T>(T Value, PolicyNode Node);
