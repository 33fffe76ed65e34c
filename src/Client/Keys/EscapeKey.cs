namespace MoshBroker.Client.Keys;

/// <summary>The key that begins a command of the client's own, Ctrl-^ unless MOSH_ESCAPE_KEY says otherwise, and the commands. Pure.</summary>
internal sealed class EscapeKey
{
    private const byte DefaultKey = 0x1e;
    private const byte SuspendKey = 0x1a; // Ctrl-Z
    private const byte RepaintKey = 0x0c; // Ctrl-L

    private readonly byte _key;
    private readonly byte _pass;
    private readonly byte _passToo;
    private bool _isAtLineStart;

    /// <param name="setting">MOSH_ESCAPE_KEY; null when it is not set.</param>
    public EscapeKey(string? setting)
    {
        IsOff = setting is { Length: 0 };
        bool isUsable = setting is { Length: 1 } && setting[0] is >= '\x01' and <= '\x7f' and not ('\x03' or '\x04' or '\n' or '\f' or '\r');
        _key = isUsable ? (byte)setting![0] : DefaultKey;
        _pass = _key < 0x20 ? (byte)(_key + 0x40) : _key;
        _passToo = _pass is >= (byte)'A' and <= (byte)'Z' ? (byte)(_pass + 0x20) : _pass;
        Name = _key < 0x20 ? $"Ctrl-{(char)_pass}" : $"\"{(char)_key}\"";
    }

    /// <summary>True when there is no such key.</summary>
    public bool IsOff { get; }

    /// <summary>As people know it.</summary>
    public string Name { get; }

    /// <summary>What can be typed after it.</summary>
    public string Help => $"Commands: Ctrl-Z suspends, \".\" quits, \"s\" shows the connection, \"{(char)_pass}\" gives literal {Name}";

    /// <summary>How to quit, for the end of a message; empty when there is no such key.</summary>
    public string QuitHint => IsOff ? "" : $" [To quit: {Name} .]";

    /// <summary>True after the key: the next byte is a command.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Takes one byte that the user typed; <paramref name="send"/> gets what goes to the server.</summary>
    /// <param name="typed">The byte.</param>
    /// <param name="send">Room for two bytes.</param>
    /// <param name="count">How many of them are to be sent.</param>
    public KeyCommand Take(byte typed, Span<byte> send, out int count)
    {
        count = 0;
        if (IsWaiting)
        {
            IsWaiting = false;
            switch (typed)
            {
                case (byte)'.': return KeyCommand.Quit;
                case SuspendKey: return KeyCommand.Suspend;
                case (byte)'s' when _passToo != 's': return KeyCommand.ShowConnection;
                default:
                    send[count++] = _key;
                    if (typed != _pass && typed != _passToo) { send[count++] = typed; }
                    _isAtLineStart = send[count - 1] is (byte)'\r' or (byte)'\n';
                    return KeyCommand.None;
            }
        }

        // A printable key is one only where a line begins: elsewhere it is text.
        if (!IsOff && typed == _key && (_key < 0x20 || _isAtLineStart))
        {
            IsWaiting = true;
            return KeyCommand.ShowHelp;
        }

        send[count++] = typed;
        _isAtLineStart = typed is (byte)'\r' or (byte)'\n';
        return typed == RepaintKey ? KeyCommand.Repaint : KeyCommand.None;
    }
}
