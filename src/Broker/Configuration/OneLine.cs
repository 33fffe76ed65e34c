namespace MoshBroker.Configuration;

/// <summary>Text of other people's making (exceptions, file contents) as one printable line.</summary>
internal static class OneLine
{
    private const int MaxLength = 300;

    public static string Of(Exception e) => Of(e.Message).TrimEnd('.');

    public static string Of(string text)
    {
        string line = string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return text.Length > MaxLength ? line + "…" : line;
    }
}
