using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>Another shape's value, with its place.</summary>
internal sealed class LocatedShape<T>(Shape<T> inner) : Shape<Located<T>>
{
    public override string Form => inner.Form;

    public override JsonObject ToSchema() => inner.ToSchema();

    public override bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out Located<T> value)
    {
        bool read = inner.TryRead(node, faults, out T? found);
        value = new Located<T>(found!, node);
        return read;
    }
}
