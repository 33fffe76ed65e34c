namespace MoshBroker.Dashboard.Feed;

/// <summary>Yes or no, and why.</summary>
/// <param name="IsAllowed">Null when the question makes no sense; <paramref name="Why"/> says what is wrong with it.</param>
/// <param name="UserLine">What the user would be told; null when he is let in.</param>
internal sealed record AccessAnswer(bool? IsAllowed, string Why, string? UserLine = null);
