namespace MoshBroker.Protocol.Terminal;

/// <summary>Finds in a client's keystrokes those that page through the scrollback: PageUp and PageDown with Shift or Alt, as xterm sends them.</summary>
/// <remarks>
/// <code>ESC [ 5|6 ; 2|3 ~</code>
/// The bytes of a key may come in several messages. Its first ones are held until it is known whether they are one; who owns the clock ends the
/// wait by <see cref="Release"/>, for an ESC alone is a key, too.
/// </remarks>
public sealed class PageKeyReader
{
    internal const int MostHeld = KeyLength - 1;

    private const int KeyLength = 6;

    private readonly byte[] _held = new byte[KeyLength];
    private readonly byte[] _released = new byte[KeyLength];
    private int _length;

    /// <summary>The bytes that may be the start of a page key.</summary>
    public ReadOnlySpan<byte> Held => _held.AsSpan(0, _length);

    /// <summary>Nothing follows: what was held is no page key. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Release()
    {
        Held.CopyTo(_released);
        int length = _length;
        _length = 0;
        return _released.AsSpan(0, length);
    }

    /// <summary>Reads to the next page key, or to the end.</summary>
    /// <param name="keys">Bytes as typed; becomes what is left of them.</param>
    /// <param name="readsFocus">The program asked to be told of the keyboard's coming and going.</param>
    /// <param name="before">Held bytes that turned out to be something else: they come before <paramref name="passed"/>. Valid until the next call.</param>
    /// <param name="passed">What comes before the key.</param>
    public PageKey Read(ref ReadOnlySpan<byte> keys, bool readsFocus, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> passed)
    {
        before = default;
        int start = -_length;
        for (int at = 0; at < keys.Length; at++)
        {
            byte key = keys[at];
            int length = at - start;
            PageKey found = readsFocus && length == 2 ? FocusOf(key) : PageKey.None;
            if (found == PageKey.None && !Continues(length, key))
            {
                if (start < 0)
                    before = Release();
                start = key == 0x1b ? at : at + 1;
                continue;
            }

            if (found == PageKey.None && length < KeyLength - 1)
                continue;

            if (found == PageKey.None)
                found = (_length > 2 && start < 0 ? _held[2] : keys[start + 2]) == '5' ? PageKey.Up : PageKey.Down;
            passed = keys[..Math.Max(0, start)];
            keys = keys[(at + 1)..];
            _length = 0;
            return found;
        }

        passed = keys[..Math.Max(0, start)];
        ReadOnlySpan<byte> rest = keys[passed.Length..];
        rest.CopyTo(_held.AsSpan(_length));
        _length += rest.Length;
        keys = default;
        return PageKey.None;
    }

    /// <summary>Held bytes in five bits: how many, then which page, then which modifier.</summary>
    internal byte State
    {
        get => (byte)(_length | (_length > 2 && _held[2] == '6' ? 8 : 0) | (_length > 4 && _held[4] == '3' ? 16 : 0));
        set
        {
            _length = value & 7;
            "\e[5;2"u8.CopyTo(_held);
            _held[2] += (byte)((value >> 3) & 1);
            _held[4] += (byte)((value >> 4) & 1);
        }
    }

    private static PageKey FocusOf(byte key) => key switch
    {
        (byte)'I' => PageKey.FocusIn,
        (byte)'O' => PageKey.FocusOut,
        _ => PageKey.None,
    };

    private static bool Continues(int length, byte key) => length switch
    {
        0 => key == 0x1b,
        1 => key == '[',
        2 => key is (byte)'5' or (byte)'6',
        3 => key == ';',
        4 => key is (byte)'2' or (byte)'3',
        _ => key == '~',
    };
}
