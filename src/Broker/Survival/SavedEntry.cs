namespace MoshBroker.Survival;

/// <summary>How its user came by the front door: what the way into a target, or the menu, is made of again.</summary>
/// <param name="Client">His address, as the front door saw it.</param>
/// <param name="HasManyColors">His terminal has 256.</param>
/// <param name="Locale"><c>NAME=VALUE</c>.</param>
internal sealed record SavedEntry(string Client, bool HasManyColors, IReadOnlyList<string> Locale);
