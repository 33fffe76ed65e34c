using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MoshBroker.Tenants.Reading;

/// <summary>YAML as a tree of nodes. Less than YAML allows: one document, no aliases, no tags, no key twice, no text that a terminal obeys.</summary>
internal static class PolicyYaml
{
    /// <summary>An RSA key of 16,384 bits takes 2,800 characters; nothing in a policy is longer.</summary>
    public const int MaxText = 8192;

    private const int MaxDepth = 16; // The model has 8 levels.

    /// <summary>The root mapping; null after a fault that leaves no tree.</summary>
    public static PolicyNode? Read(TextReader text, PolicyFaults faults)
    {
        Parser parser = new(new Scanner(text));
        try
        {
            parser.Consume<StreamStart>();
            if (!parser.Accept<DocumentStart>(out _))
            {
                faults.Add(1, 1, "", "the file is empty: write 'version: 1' and 'tenants:'; docs/policy.example.yaml shows all of it");
                return null;
            }

            parser.Consume<DocumentStart>();
            PolicyNode? root = ReadValue(parser, faults, null, null, 0, 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out DocumentStart? second)) { faults.Add(second.Start.Line, second.Start.Column, "", "a second document begins: a policy is one document"); }
            if (root is null) { return null; }
            if (root.Kind == NodeKind.Mapping) { return root; }
            faults.Add(root, "a policy is a mapping: write 'version: 1' and 'tenants:'; docs/policy.example.yaml shows all of it");
            return null;
        }
        catch (YamlException broken)
        {
            faults.Add(broken.Start.Line, broken.Start.Column, "", $"not YAML: {Configuration.OneLine.Of(broken)}");
            return null;
        }
        catch (Exception confused) when (confused is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException)
        {
            // The scanner has states that it does not expect either, such as a plain word that goes on over lines inside braces.
            faults.Add(parser.Current?.End.Line ?? 1, parser.Current?.End.Column ?? 1, "", "not YAML: what stands after this is not understood; look for a missing quote, comma or bracket");
            return null;
        }
    }

    private static PolicyNode? ReadValue(Parser parser, PolicyFaults faults, PolicyNode? parent, Scalar? key, int index, int depth)
    {
        ParsingEvent at = parser.Current!;
        PolicyNode node = new()
        {
            Kind = at switch { MappingStart => NodeKind.Mapping, SequenceStart => NodeKind.List, _ => NodeKind.Scalar },
            Line = (int)at.Start.Line,
            Column = (int)at.Start.Column,
            Text = (at as Scalar)?.Value ?? "",
            IsPlain = at is Scalar { Style: ScalarStyle.Plain },
            Parent = parent,
            Name = key?.Value,
            Index = index,
            NameLine = (int)(key?.Start.Line ?? at.Start.Line),
            NameColumn = (int)(key?.Start.Column ?? at.Start.Column),
        };
        if (at is AnchorAlias || (at is NodeEvent { Anchor.IsEmpty: false }))
        {
            faults.Add(node, "anchors and aliases are not read: write the value out");
            if (at is AnchorAlias)
            {
                parser.MoveNext();
                return null;
            }
        }

        if (at is NodeEvent { Tag.IsEmpty: false }) { faults.Add(node, "tags are not read: leave it out"); }
        if (depth > MaxDepth)
        {
            faults.Add(node, $"nested deeper than {MaxDepth} levels, which nothing in a policy is");
            parser.SkipThisAndNestedEvents();
            return null;
        }

        parser.MoveNext();
        switch (node.Kind)
        {
            case NodeKind.Scalar:
                if (Unprintable(node.Text) is { } fault) { faults.Add(node, fault); }
                break;
            case NodeKind.List:
                for (int i = 0; !parser.TryConsume<SequenceEnd>(out _); i++)
                {
                    if (ReadValue(parser, faults, node, null, i, depth + 1) is { } item) { node.Children.Add(item); }
                }

                break;
            default:
                ReadEntries(parser, faults, node, depth);
                break;
        }

        return node;
    }

    private static void ReadEntries(Parser parser, PolicyFaults faults, PolicyNode mapping, int depth)
    {
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.Accept<Scalar>(out Scalar? key) || key is null)
            {
                faults.Add(parser.Current!.Start.Line, parser.Current.Start.Column, mapping.Path, "a key must be a word");
                parser.SkipThisAndNestedEvents();
                parser.SkipThisAndNestedEvents();
                continue;
            }

            parser.MoveNext();
            PolicyNode? value = ReadValue(parser, faults, mapping, key, 0, depth + 1);
            if (value is null) { continue; }
            if (Unprintable(key.Value) is { } fault) { faults.AddToKey(value, "the key " + fault); }
            if (!lines.TryAdd(key.Value, value.NameLine)) { faults.AddToKey(value, $"stands twice, first in line {lines[key.Value]}: leave one out"); }
            else { mapping.Children.Add(value); }
        }
    }

    private static string? Unprintable(string text)
    {
        if (text.Length > MaxText) { return $"is {text.Length} characters long, and {MaxText} are the most: shorten it"; }
        foreach (char c in text)
        {
            if (char.IsControl(c)) { return $"has a control character (U+{(int)c:X4}): write it on one line of printable text"; }

            // Bidirectional overrides and zero-width characters make a line look like another one.
            if (c > 0x7F && CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return $"has an invisible character (U+{(int)c:X4}): remove it";
            }
        }

        return null;
    }
}
