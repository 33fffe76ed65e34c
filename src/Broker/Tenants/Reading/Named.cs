namespace MoshBroker.Tenants.Reading;

/// <summary>A value with the name it stands under.</summary>
internal readonly record struct Named<T>(string Name, PolicyNode Node, T Value);
