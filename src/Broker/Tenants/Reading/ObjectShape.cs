using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MoshBroker.Tenants.Reading;

/// <summary>A mapping with known keys; any other is a fault.</summary>
/// <param name="form">In words.</param>
/// <param name="fields">In the order of the reference page.</param>
/// <param name="build">Makes the value; faults that it reports count too.</param>
/// <param name="oneOf">Keys of which exactly one stands; null for none.</param>
internal sealed class ObjectShape<T>(string form, Field[] fields, Func<PolicyNode, PolicyFaults, T> build, string[]? oneOf = null) : Shape<T>
{
    public override string Form => form;

    public override JsonObject ToSchema()
    {
        JsonObject properties = [];
        foreach (Field field in fields)
        {
            JsonObject property = field.Shape.ToSchema();
            property["description"] = field.Description;
            properties[field.Name] = property;
        }

        JsonObject schema = new() { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        JsonArray required = [.. fields.Where(field => field.IsRequired).Select(field => JsonValue.Create(field.Name))];
        if (required.Count > 0) { schema["required"] = required; }
        if (oneOf is not null) { schema["oneOf"] = new JsonArray([.. oneOf.Select(name => new JsonObject { ["required"] = new JsonArray(name) })]); }
        return schema;
    }

    public override bool TryRead(PolicyNode node, PolicyFaults faults, [MaybeNullWhen(false)] out T value)
    {
        if (node.Kind != NodeKind.Mapping) { return Refuse(node, faults, out value); }
        int before = faults.Count;
        foreach (PolicyNode child in node.Children)
        {
            if (Array.Exists(fields, field => field.Name == child.Name)) { continue; }
            Field? near = Array.Find(fields, field => IsNear(field.Name, child.Name!));
            faults.AddToKey(child, near is not null
                ? $"unknown key: did you mean '{near.Name}'?"
                : $"unknown key: known here are {string.Join(", ", fields.Select(field => field.Name))}");
        }

        foreach (Field field in fields)
        {
            if (field.IsRequired && node.Find(field.Name) is null) { faults.Add(node, $"'{field.Name}' is missing: write {field.Shape.Form}"); }
        }

        if (oneOf is not null && oneOf.Count(name => node.Find(name) is not null) != 1)
        {
            faults.Add(node, $"write exactly one of {string.Join(", ", oneOf)}");
        }

        value = build(node, faults);
        return faults.Count == before;
    }

    /// <summary>One slip of a finger apart: a letter too many, too few, wrong, or two swapped; or - for _.</summary>
    private static bool IsNear(string known, string written)
    {
        string plain = written.Replace('-', '_').ToLowerInvariant();
        if (plain == known) { return true; }
        if (Math.Abs(plain.Length - known.Length) > 1) { return false; }
        int start = 0;
        while (start < Math.Min(plain.Length, known.Length) && plain[start] == known[start]) { start++; }
        int end = 0;
        while (end < Math.Min(plain.Length, known.Length) - start && plain[^(end + 1)] == known[^(end + 1)]) { end++; }
        (int left, int right) = (plain.Length - start - end, known.Length - start - end);
        return (left <= 1 && right <= 1) || (left == 2 && right == 2 && plain[start] == known[start + 1] && plain[start + 1] == known[start]);
    }
}
