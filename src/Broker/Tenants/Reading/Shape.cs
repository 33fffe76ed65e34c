using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>What may stand at a place of the policy file: the reader, the JSON schema and the messages come from the same description.</summary>
internal abstract class Shape
{
    /// <summary>In words, after "write": <c>a duration such as 8h</c>.</summary>
    public abstract string Form { get; }

    /// <summary>For editors.</summary>
    public abstract JsonObject ToSchema();
}

/// <summary>A shape that makes a value of a node.</summary>
internal abstract class Shape<T> : Shape
{
    /// <summary>False after a fault, which has been reported.</summary>
    public abstract bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out T value);

    protected bool Refuse(PolicyNode node, PolicyFaults faults, out T? value)
    {
        string found = node.Kind switch
        {
            NodeKind.List => "a list",
            NodeKind.Mapping => "a mapping",
            _ when node is { IsPlain: true, Text.Length: 0 } => "nothing",
            _ => $"'{PolicyNode.Shown(node.Text)}'",
        };
        faults.Add(node, $"{found} stands here: write {Form}");
        value = default;
        return false;
    }
}
