namespace MoshBroker.Open;

/// <summary>sshd's SSH_CONNECTION: client address, client port, server address, server port.</summary>
internal static class SshConnection
{
    /// <summary>A word by its place, from 0; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> text, int place)
    {
        for (int at = 0; at < text.Length;)
        {
            if (text[at] == (byte)' ')
            {
                at++;
                continue;
            }

            int length = text[at..].IndexOf((byte)' ');
            if (length < 0) { length = text.Length - at; }
            if (place-- == 0) { return text.Slice(at, length); }
            at += length;
        }

        return default;
    }
}
