using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>Things under names of the operator's choice. The value knows its node, and so its name.</summary>
internal sealed class MapShape<T>(ScalarShape<string> name, Shape<T> item) : Shape<IReadOnlyList<Named<T>>>
{
    public override string Form => $"a mapping: under each name {item.Form}";

    public override JsonObject ToSchema() => new()
    {
        ["type"] = "object",
        ["minProperties"] = 1,
        ["propertyNames"] = name.ToSchema(),
        ["additionalProperties"] = item.ToSchema(),
    };

    public override bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out IReadOnlyList<Named<T>> value)
    {
        if (node.Kind != NodeKind.Mapping || node.Children.Count == 0) { return Refuse(node, faults, out value); }
        List<Named<T>> items = new(node.Children.Count);
        bool whole = true;
        foreach (PolicyNode child in node.Children)
        {
            PolicyNode key = new() { Kind = NodeKind.Scalar, Text = child.Name!, Line = child.NameLine, Column = child.NameColumn, Parent = child.Parent, Name = child.Name };
            bool isNamed = name.TryRead(key, faults, out _);
            if (item.TryRead(child, faults, out T? read) && isNamed) { items.Add(new Named<T>(child.Name!, child, read)); }
            else { whole = false; }
        }

        value = items;
        return whole;
    }
}
