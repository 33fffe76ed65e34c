namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What a person sees at one moment. Rows have no trailing blanks.</summary>
internal sealed record TerminalScreen(IReadOnlyList<string> Rows, int CursorColumn, int CursorRow, int? ExitStatus)
{
    public bool HasEnded => ExitStatus is not null;

    public string Text => string.Join('\n', Rows);

    /// <summary>The last row that is not blank.</summary>
    public string LastRow => Rows.LastOrDefault(row => row.Length > 0, "");

    public bool Shows(string text) => Text.Contains(text, StringComparison.Ordinal);

    /// <summary>True if a whole row is this text.</summary>
    public bool HasRow(string text) => Rows.Contains(text, StringComparer.Ordinal);

    public override string ToString() =>
        $"--- cursor {CursorColumn},{CursorRow}, {(HasEnded ? $"ended with {ExitStatus}" : "running")}\n{Text.TrimEnd('\n')}\n---";
}
