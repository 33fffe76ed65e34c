using System.Text.Json;
using System.Text.Json.Nodes;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>One case of vectors/terminal: what a program writes, and what the stock client then shows.</summary>
/// <param name="Name">Group and case.</param>
/// <param name="Columns">Width of the window at the start.</param>
/// <param name="Rows">Height of the window at the start.</param>
/// <param name="Steps">What happens.</param>
/// <param name="Recorded">What the stock pair showed.</param>
/// <param name="Expect">What is shown with our server: the same, but where beyond-stock.json says otherwise.</param>
public sealed record TerminalCase(string Name, int Columns, int Rows, IReadOnlyList<TerminalCase.Step> Steps, JsonElement Recorded, JsonElement Expect)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors", "terminal");
    private static readonly Lazy<IReadOnlyDictionary<string, TerminalCase>> Cases = new(() => Load().ToDictionary(c => c.Name, StringComparer.Ordinal));

    public static BeyondStock Beyond { get; } = BeyondStock.Load(Path.Combine(AppContext.BaseDirectory, "Terminal", "beyond-stock.json"));

    public static IEnumerable<object[]> Names => Cases.Value.Keys.Order(StringComparer.Ordinal).Select(name => new object[] { name });

    public static IEnumerable<TerminalCase> All => Cases.Value.Values.OrderBy(c => c.Name, StringComparer.Ordinal);

    public static TerminalCase Named(string name) => Cases.Value[name];

    private static IEnumerable<TerminalCase> Load()
    {
        foreach (string file in Directory.EnumerateFiles(Folder, "*.json"))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement c in document.RootElement.GetProperty("cases").EnumerateArray())
            {
                List<Step> steps = [];
                if (c.TryGetProperty("steps", out JsonElement list))
                {
                    foreach (JsonElement step in list.EnumerateArray())
                        steps.Add(Step.Read(step));
                }
                else
                {
                    steps.Add(new Step { Write = Convert.FromHexString(c.GetProperty("input_hex").GetString()!) });
                }

                string name = c.GetProperty("name").GetString()!;
                yield return new TerminalCase(
                    name,
                    c.GetProperty("cols").GetInt32(),
                    c.GetProperty("rows").GetInt32(),
                    steps,
                    c.GetProperty("expect").Clone(),
                    JsonSerializer.SerializeToElement(Beyond.Expect(name, JsonObject.Create(c.GetProperty("expect"))!)));
            }
        }
    }

    public sealed record Step
    {
        public byte[]? Write { get; init; }

        public byte[]? Keys { get; init; }

        public (int Columns, int Rows)? Size { get; init; }

        public static Step Read(JsonElement step)
        {
            if (step.TryGetProperty("write_hex", out JsonElement write))
                return new Step { Write = Convert.FromHexString(write.GetString()!) };
            if (step.TryGetProperty("keys_hex", out JsonElement keys))
                return new Step { Keys = Convert.FromHexString(keys.GetString()!) };
            JsonElement size = step.GetProperty("resize");
            return new Step { Size = (size[0].GetInt32(), size[1].GetInt32()) };
        }
    }
}
