using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>A list of values of one shape. An empty one is a fault: leaving the key out says the same, and says it on purpose.</summary>
internal sealed class ListShape<T>(Shape<T> item) : Shape<IReadOnlyList<T>>
{
    public override string Form => $"a list, each item {item.Form}";

    public override JsonObject ToSchema() => new() { ["type"] = "array", ["minItems"] = 1, ["items"] = item.ToSchema() };

    public override bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        if (node.Kind != NodeKind.List) { return Refuse(node, faults, out value); }
        if (node.Children.Count == 0)
        {
            faults.Add(node, $"an empty list stands here: leave the key out, or write {Form}");
            value = null;
            return false;
        }

        List<T> items = new(node.Children.Count);
        bool whole = true;
        foreach (PolicyNode child in node.Children)
        {
            if (item.TryRead(child, faults, out T? read)) { items.Add(read); }
            else { whole = false; }
        }

        value = items;
        return whole;
    }
}
