namespace MoshBroker.Protocol.Terminal;

/// <summary>How printed characters look: colours and attributes, what SGR sets.</summary>
/// <param name="Foreground">Colour of the text.</param>
/// <param name="Background">Colour behind it, and of what is erased.</param>
/// <param name="Attributes">A subset of <see cref="CellFlags.Attributes"/>.</param>
public readonly record struct Rendition(Color Foreground, Color Background, CellFlags Attributes)
{
    /// <summary>True without colours and attributes.</summary>
    public bool IsPlain => this == default;
}
