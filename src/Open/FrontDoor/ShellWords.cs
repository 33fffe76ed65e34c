namespace MoshBroker.Open.FrontDoor;

/// <summary>Words with POSIX quoting, and nothing else of a shell: <c>$</c>, <c>;</c> and <c>`</c> are letters like any other.</summary>
internal static class ShellWords
{
    /// <summary>False when a quote is not closed or a backslash is the last byte; with <paramref name="onlyQuoted"/> also when a letter stands bare.</summary>
    /// <param name="onlyQuoted">Words as mosh's wrapper writes them: single quotes throughout, an embedded one as <c>'\''</c>.</param>
    public static bool TrySplit(ReadOnlySpan<byte> text, bool onlyQuoted, out byte[][] words)
    {
        var found = new List<byte[]>();
        words = [];
        for (int at = 0; at < text.Length;)
        {
            if (IsBlank(text[at]))
            {
                at++;
                continue;
            }

            var word = new ByteText();
            while (at < text.Length && !IsBlank(text[at]))
            {
                byte b = text[at++];
                if (b == (byte)'\'')
                {
                    int length = text[at..].IndexOf((byte)'\'');
                    if (length < 0) { return false; }
                    word.Append(text.Slice(at, length));
                    at += length + 1;
                }
                else if (b == (byte)'\\')
                {
                    if (at == text.Length || (onlyQuoted && text[at] != (byte)'\'')) { return false; }
                    word.Append(text.Slice(at++, 1));
                }
                else if (onlyQuoted) { return false; }
                else if (b == (byte)'"')
                {
                    if (!TryTakeDoubleQuoted(text, ref at, word)) { return false; }
                }
                else { word.Append([b]); }
            }

            found.Add(word.ToArray());
        }

        words = found.ToArray();
        return true;
    }

    private static bool TryTakeDoubleQuoted(ReadOnlySpan<byte> text, ref int at, ByteText word)
    {
        while (at < text.Length)
        {
            byte b = text[at++];
            if (b == (byte)'"') { return true; }
            if (b == (byte)'\\' && at < text.Length && text[at] is (byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`') { b = text[at++]; }
            word.Append([b]);
        }

        return false;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\n';
}
