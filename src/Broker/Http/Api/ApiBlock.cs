namespace MoshBroker.Http.Api;

/// <summary>A network that is turned away, as the list names it.</summary>
internal sealed record ApiBlock(string? Network);
