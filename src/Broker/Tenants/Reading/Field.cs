namespace MoshBroker.Tenants.Reading;

/// <summary>A key of an <see cref="ObjectShape{T}"/>.</summary>
internal abstract class Field(string name, string description, bool isRequired)
{
    public string Name { get; } = name;

    /// <summary>One sentence for the reference page and the editor.</summary>
    public string Description { get; } = description;

    public bool IsRequired { get; } = isRequired;

    public abstract Shape Shape { get; }
}

/// <summary>A key and what stands under it.</summary>
internal sealed class Field<T>(string name, Shape<T> shape, string description, bool isRequired = false) : Field(name, description, isRequired)
{
    public override Shape Shape => shape;

    /// <summary>The value; <paramref name="otherwise"/> when the key is not there, or faulty (which has been reported).</summary>
    public T Of(PolicyNode node, PolicyFaults faults, T otherwise) =>
        node.Find(Name) is { } child && shape.TryRead(child, faults, out T? value) ? value : otherwise;
}
