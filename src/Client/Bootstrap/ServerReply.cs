using System.Text;

namespace MoshBroker.Client.Bootstrap;

/// <summary>What the lines say that come back while a server is started: its address, port and key, or text for the user. Pure.</summary>
internal sealed class ServerReply
{
    private const int KeyLength = 22;

    /// <summary>Numeric, as the connection's maker told it; null before.</summary>
    public string? Ip { get; private set; }

    /// <summary>The server's address as sshd there sees it; null when it was not told.</summary>
    public string? SshConnectionIp { get; private set; }

    public int Port { get; private set; }

    public string? Key { get; private set; }

    /// <summary>True once the server has told port and key: nothing after that is looked at.</summary>
    public bool IsComplete => Key is not null;

    /// <summary>True when a line said that the port is no good.</summary>
    public bool SaysBadPort { get; private set; }

    /// <summary>What is wrong with a line that begins like one of ours; null when nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>The address is known beforehand.</summary>
    public void SetIp(string ip) => Ip = ip;

    /// <summary>Port and key are known beforehand; false when there is no key.</summary>
    public bool TakeDirect(int port, string? key)
    {
        (Port, Key) = (port, string.IsNullOrEmpty(key) ? null : key);
        return IsComplete;
    }

    /// <summary>Takes a line; false when it is text for the user.</summary>
    public bool Take(ReadOnlySpan<byte> line)
    {
        string whole = Encoding.Latin1.GetString(line);
        string text = whole.TrimEnd(' ', '\t', '\r');
        if (whole.StartsWith("MOSH IP ", StringComparison.Ordinal))
        {
            string word = whole["MOSH IP ".Length..].Trim();
            if (word.Length == 0 || word.Contains(' ', StringComparison.Ordinal)) { Error = "the line MOSH IP makes no sense: " + Printable(text); }
            else if (Ip is not null) { Error = "the server's address was told twice"; }
            else { Ip = word; }
            return true;
        }

        if (text.StartsWith("MOSH SSH_CONNECTION ", StringComparison.Ordinal))
        {
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 6) { SshConnectionIp = words[4]; }
            else { Error = "the line MOSH SSH_CONNECTION makes no sense: " + Printable(text); }
            return true;
        }

        if (text.StartsWith("MOSH CONNECT ", StringComparison.Ordinal))
        {
            string[] words = text.Split(' ');
            bool isWhole = words.Length == 4 && words[2].Length is > 0 and <= 5 && words[2].AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
                && words[3].Length == KeyLength && IsBase64(words[3]);
            if (!isWhole)
            {
                // Not shown: it may hold a key.
                Error = "the server's line MOSH CONNECT makes no sense";
                return true;
            }

            (Port, Key) = (int.Parse(words[2]), words[3]);
            if (Port is < 1 or > 65_535) { Error = $"the server names port {Port}, which is none"; }
            return true;
        }

        SaysBadPort |= text.Contains("Bad UDP port", StringComparison.Ordinal);
        return false;
    }

    private static bool IsBase64(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/')) { return false; }
        }

        return true;
    }

    private static string Printable(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
}
