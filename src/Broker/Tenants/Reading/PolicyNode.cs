namespace MoshBroker.Tenants.Reading;

/// <summary>One value of the policy file, with its place in the text and in the tree.</summary>
internal sealed class PolicyNode
{
    private const int MaxShownName = 64;

    public required NodeKind Kind { get; init; }

    public required int Line { get; init; }

    public required int Column { get; init; }

    /// <summary>A scalar's text; empty otherwise.</summary>
    public string Text { get; init; } = "";

    /// <summary>True when a scalar stands without quotes, so that <c>10</c> is a number and <c>"10"</c> is not.</summary>
    public bool IsPlain { get; init; }

    public PolicyNode? Parent { get; init; }

    /// <summary>In a mapping: the key; in a list: null.</summary>
    public string? Name { get; init; }

    /// <summary>In a list: the index.</summary>
    public int Index { get; init; }

    /// <summary>Where the key stands, for a fault of the key itself.</summary>
    public int NameLine { get; init; }

    public int NameColumn { get; init; }

    /// <summary>What a list or a mapping holds, in the order of the text.</summary>
    public List<PolicyNode> Children { get; } = [];

    /// <summary>The place in the tree: <c>tenants.acme.users.ann.keys[0]</c>.</summary>
    public string Path
    {
        get
        {
            string step = Name is null ? $"[{Index}]" : Shown(Name);
            return Parent switch
            {
                null => "",
                { Parent: null } => step,
                _ => Name is null ? Parent.Path + step : $"{Parent.Path}.{step}",
            };
        }
    }

    /// <summary>The node under a key; null when there is none.</summary>
    public PolicyNode? Find(string name)
    {
        foreach (PolicyNode child in Children)
        {
            if (child.Name == name) { return child; }
        }

        return null;
    }

    /// <summary>A name of somebody else's making, short and without control characters.</summary>
    public static string Shown(string name)
    {
        string printable = string.Concat(name.Take(MaxShownName).Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format ? '?' : c));
        return name.Length > MaxShownName ? printable + "…" : printable;
    }
}
