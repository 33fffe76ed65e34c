using System.Text;

namespace MoshBroker.Lobby;

/// <summary>A key, as the menu understands it.</summary>
/// <param name="Letter">Of <see cref="MenuKeyKind.Letter"/>, which.</param>
internal readonly record struct MenuKey(MenuKeyKind Kind, Rune Letter = default);
