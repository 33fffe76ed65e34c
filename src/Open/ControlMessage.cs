namespace MoshBroker.Control;

/// <summary>One message on the broker's control socket, a request or its answer.</summary>
/// <remarks>
/// <code>length: u32, big-endian | head '\n' (name '=' value '\n')*</code>
/// The head is a verb ("open", "sessions-list", …) or "ok" or "error". A value is bytes, UTF-8 by habit, in which <c>\</c> is written
/// <c>\\</c> and a line feed <c>\n</c>. A name may repeat. Descriptors of a request travel (SCM_RIGHTS) with its first byte.
/// This file is compiled into both ends; it uses spans only, because the end that <c>open</c> is must start in no time.
/// </remarks>
internal sealed class ControlMessage
{
    /// <summary>Longest body either end takes: an `open` is under 8 KiB, a list of 10,000 sessions about 4 MiB.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    /// <summary>Longest request that the broker reads: a command line is at most 128 KiB a word, and what is longer is cut by the sender.</summary>
    public const int MaxRequestLength = 64 * 1024;

    private byte[] _bytes = new byte[512];
    private int _length = 4;

    public ControlMessage(ReadOnlySpan<byte> head)
    {
        Append(head);
        Append((byte)'\n');
    }

    private ControlMessage(byte[] frame)
    {
        _bytes = frame;
        _length = frame.Length;
    }

    /// <summary>A message from a body as it was received (without the length).</summary>
    public static ControlMessage FromBody(ReadOnlySpan<byte> body)
    {
        byte[] frame = new byte[body.Length + 4];
        body.CopyTo(frame.AsSpan(4));
        return new ControlMessage(frame);
    }

    /// <summary>The verb, "ok" or "error".</summary>
    public ReadOnlySpan<byte> Head => FirstLine(Body);

    private ReadOnlySpan<byte> Body => _bytes.AsSpan(4, _length - 4);

    /// <summary>Length and body, ready to be sent.</summary>
    public ReadOnlySpan<byte> ToFrame()
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(_bytes, (uint)(_length - 4));
        return _bytes.AsSpan(0, _length);
    }

    public ControlMessage Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Append(name);
        Append((byte)'=');
        foreach (byte b in value)
        {
            if (b == (byte)'\\') { Append("\\\\"u8); }
            else if (b == (byte)'\n') { Append("\\n"u8); }
            else { Append(b); }
        }

        Append((byte)'\n');
        return this;
    }

    /// <summary>The first value of that name, unescaped; null when there is none.</summary>
    public byte[]? Find(ReadOnlySpan<byte> name)
    {
        int from = 0;
        return FindNext(name, ref from);
    }

    /// <summary>The next value of that name at or after <paramref name="from"/> (0 at first); null when there is none left.</summary>
    public byte[]? FindNext(ReadOnlySpan<byte> name, ref int from)
    {
        if (from == 0) { from = Head.Length + 1; }
        while (from < Body.Length)
        {
            ReadOnlySpan<byte> line = FirstLine(Body[from..]);
            from += line.Length + 1;
            if (line.Length > name.Length && line[name.Length] == (byte)'=' && line[..name.Length].SequenceEqual(name))
            {
                return Unescape(line[(name.Length + 1)..]);
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..end];
    }

    private static byte[] Unescape(ReadOnlySpan<byte> value)
    {
        byte[] plain = new byte[value.Length];
        int length = 0;
        for (int i = 0; i < value.Length; i++)
        {
            byte b = value[i];
            if (b == (byte)'\\' && i + 1 < value.Length) { b = value[++i] == (byte)'n' ? (byte)'\n' : value[i]; }
            plain[length++] = b;
        }

        return plain.AsSpan(0, length).ToArray();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) { Append(b); }
    }

    private void Append(byte b)
    {
        if (_length == _bytes.Length) { Array.Resize(ref _bytes, _bytes.Length * 2); }
        _bytes[_length++] = b;
    }
}
