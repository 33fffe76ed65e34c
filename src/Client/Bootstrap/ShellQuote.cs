using System.Text;

namespace MoshBroker.Client.Bootstrap;

/// <summary>POSIX shells' quoting: for a shell at the far end, and for options that hold several words. No shell is run here.</summary>
internal static class ShellQuote
{
    /// <summary>A word in single quotes.</summary>
    public static string Word(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>The words of a line, by spaces, quotes and backslashes; nothing is expanded.</summary>
    public static List<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isIn = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isIn) { words.Add(word.ToString()); }
                word.Clear();
                isIn = false;
            }
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                if (quote == '"' && line[i + 1] is not ('"' or '\\' or '$' or '`')) { word.Append(c); }
                word.Append(line[++i]);
                isIn = true;
            }
            else if ((c is '\'' or '"') && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
                isIn = true;
            }
            else
            {
                word.Append(c);
                isIn = true;
            }
        }

        if (isIn) { words.Add(word.ToString()); }
        return words;
    }
}
