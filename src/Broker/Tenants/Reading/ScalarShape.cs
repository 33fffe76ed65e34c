using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>One word or line of text, and the value that it stands for.</summary>
/// <param name="form">In words.</param>
/// <param name="schema">The JSON schema's part; copied for each use.</param>
/// <param name="parse">Null when the text is a value, else what is wrong and the cure; empty for "not that form".</param>
/// <param name="isPlain">Numbers and booleans: never in quotes.</param>
internal sealed class ScalarShape<T>(string form, JsonObject schema, ScalarShape<T>.Parser parse, bool isPlain = false) : Shape<T>
{
    public delegate string? Parser(string text, out T value);

    public override string Form => form;

    public override JsonObject ToSchema() => (JsonObject)schema.DeepClone();

    public override bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out T value)
    {
        bool isEmpty = node is { IsPlain: true, Text.Length: 0 };
        if (node.Kind != NodeKind.Scalar || isEmpty || (isPlain && !node.IsPlain)) { return Refuse(node, faults, out value); }
        string? fault = parse(node.Text, out value);
        if (fault is null) { return true; }
        if (fault.Length == 0) { return Refuse(node, faults, out value); }
        faults.Add(node, $"'{PolicyNode.Shown(node.Text)}' {fault}");
        value = default;
        return false;
    }
}
