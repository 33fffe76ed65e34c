namespace MoshBroker.Protocol.Terminal;

/// <summary>How printed characters look: colours and attributes, what SGR sets.</summary>
/// <param name="Foreground">Colour of the text.</param>
/// <param name="Background">Colour behind it, and of what is erased.</param>
/// <param name="Attributes">A subset of <see cref="CellFlags.AllAttributes"/>.</param>
public readonly record struct Rendition(Color Foreground, Color Background, CellFlags Attributes)
{
    /// <summary>True without colours and attributes.</summary>
    public bool IsPlain => this == default;

    /// <summary>As far as the stock client can show it.</summary>
    public Rendition Shown => this with { Attributes = Attributes & CellFlags.Attributes };

    /// <summary>For people. What the compiler writes for a record would print <see cref="Shown"/>, and that its own, without end.</summary>
    public override string ToString() => $"{Foreground} on {Background}, {Attributes}";
}
