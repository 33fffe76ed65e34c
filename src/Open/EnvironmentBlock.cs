namespace MoshBroker.Open;

/// <summary>Environment variables as the kernel passes them: <c>NAME=VALUE</c>, in bytes and in order.</summary>
internal sealed class EnvironmentBlock
{
    private readonly List<byte[]> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Reads the form of /proc/self/environ, in which every entry ends with a zero.</summary>
    public static EnvironmentBlock Parse(ReadOnlySpan<byte> block)
    {
        var environment = new EnvironmentBlock();
        foreach (byte[] entry in SplitAtZeros(block)) { environment._entries.Add(entry); }
        return environment;
    }

    public static List<byte[]> SplitAtZeros(ReadOnlySpan<byte> block)
    {
        var parts = new List<byte[]>();
        while (!block.IsEmpty)
        {
            int end = block.IndexOf((byte)0);
            if (end < 0) { end = block.Length; }
            parts.Add(block[..end].ToArray());
            block = block[Math.Min(end + 1, block.Length)..];
        }

        return parts;
    }

    public byte[] this[int index] => _entries[index];

    /// <summary>The value of the first variable of that name; null when it is not set.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name)
    {
        int at = IndexOf(name);
        return at < 0 ? null : _entries[at].AsSpan(name.Length + 1).ToArray();
    }

    public void Remove(ReadOnlySpan<byte> name)
    {
        for (int at = IndexOf(name); at >= 0; at = IndexOf(name)) { _entries.RemoveAt(at); }
    }

    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Remove(name);
        _entries.Add(new ByteText().Append(name).Append("="u8).Append(value).ToArray());
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _entries.Count; i++)
        {
            ReadOnlySpan<byte> entry = _entries[i];
            if (entry.Length > name.Length && entry[name.Length] == (byte)'=' && entry.StartsWith(name)) { return i; }
        }

        return -1;
    }
}
