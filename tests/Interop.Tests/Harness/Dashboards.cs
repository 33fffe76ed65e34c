using System.Text.Json;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>The shipped Grafana boards, as far as a Prometheus is asked by them.</summary>
internal static class Dashboards
{
    /// <summary>Every expression of every panel, annotation and variable, with the variables' values put in as Grafana does for "All".</summary>
    public static IReadOnlyList<(string Where, string Expression)> Expressions()
    {
        List<(string, string)> all = [];
        foreach (string file in Directory.GetFiles(Repository.Path("grafana", "dashboards"), "*.json").Order(StringComparer.Ordinal))
        {
            string board = Path.GetFileNameWithoutExtension(file);
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            AddPanels(board, document.RootElement, all);
            foreach (JsonElement annotation in Children(document.RootElement, "annotations", "list"))
            {
                if (annotation.TryGetProperty("expr", out JsonElement expression)) { all.Add(($"{board}: annotation {annotation.GetProperty("name").GetString()}", Fill(expression.GetString()!))); }
            }

            foreach (JsonElement variable in Children(document.RootElement, "templating", "list").Where(variable => variable.GetProperty("type").GetString() == "query"))
            {
                // label_values(METRIC, LABEL)
                string[] words = variable.GetProperty("query").GetProperty("query").GetString()!.Split('(', ',', ')');
                all.Add(($"{board}: variable {variable.GetProperty("name").GetString()}", $"count by ({words[2].Trim()}) ({words[1].Trim()})"));
            }
        }

        return all;
    }

    private static void AddPanels(string board, JsonElement parent, List<(string, string)> all)
    {
        foreach (JsonElement panel in Children(parent, "panels"))
        {
            int number = 0;
            foreach (JsonElement target in Children(panel, "targets"))
            {
                number++;
                all.Add(($"{board}: {panel.GetProperty("title").GetString()}{(number > 1 ? $" ({number})" : "")}", Fill(target.GetProperty("expr").GetString()!)));
            }

            AddPanels(board, panel, all);
        }
    }

    private static IEnumerable<JsonElement> Children(JsonElement parent, params IReadOnlyList<string> path)
    {
        foreach (string name in path)
        {
            if (!parent.TryGetProperty(name, out JsonElement child)) { return []; }
            parent = child;
        }

        return parent.EnumerateArray();
    }

    private static string Fill(string expression) => expression
        .Replace("$__rate_interval", "5m", StringComparison.Ordinal).Replace("$tenant", ".*", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal);
}
