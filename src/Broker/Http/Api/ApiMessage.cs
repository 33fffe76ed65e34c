namespace MoshBroker.Http.Api;

/// <summary>A line for a user's screen.</summary>
internal sealed record ApiMessage(string? Text);
