namespace MoshBroker.Detection;

/// <summary>How often something was seen, about.</summary>
internal readonly record struct CountOf<T>(T Item, long Count);
