using System.Text;

namespace MoshBroker.Lobby;

/// <summary>Makes keys of a terminal's bytes, which may come in pieces. What is no key of the menu's is passed over.</summary>
internal sealed class MenuKeyReader
{
    private const int LongestNumber = 999; // Of a sequence's parameter; what is longer is no key.

    private readonly byte[] _letter = new byte[4];
    private int _letterLength;
    private int _number;
    private State _state;

    private enum State
    {
        Ground,
        Escape,
        Control,
        Shift,
    }

    /// <summary>True after an ESC that may begin a sequence: if nothing follows soon, it was the key of that name.</summary>
    public bool IsInDoubt => _state != State.Ground;

    /// <summary>Takes one byte; true when a key is complete.</summary>
    public bool TryRead(byte next, out MenuKey key)
    {
        key = default;
        switch (_state)
        {
            case State.Escape:
                if (next == 0x1b)
                {
                    key = new MenuKey(MenuKeyKind.Escape); // The one before; this one may begin something.
                    return true;
                }

                _number = 0;
                _state = next switch { (byte)'[' => State.Control, (byte)'O' => State.Shift, _ => State.Ground }; // Alt and a letter means nothing here.
                return false;
            case State.Control when next is >= (byte)'0' and <= (byte)'9':
                _number = Math.Min(LongestNumber, (_number * 10) + next - '0');
                return false;
            case State.Control when next is >= 0x20 and < 0x40:
                return false; // Modifiers, and what else a sequence may have.
            case State.Control when next >= 0x40:
            case State.Shift when next >= 0x20:
                bool isControl = _state == State.Control;
                _state = State.Ground;
                return TryName(next, isControl, out key);
            default:
                _state = State.Ground;
                return TryPlain(next, out key);
        }
    }

    /// <summary>Nothing has followed: true when an ESC was all of it.</summary>
    public bool TryEnd(out MenuKey key)
    {
        key = new MenuKey(MenuKeyKind.Escape);
        bool wasKey = _state == State.Escape;
        _state = State.Ground;
        return wasKey;
    }

    private bool TryName(byte final, bool isControl, out MenuKey key)
    {
        MenuKeyKind? kind = (char)final switch
        {
            'A' => MenuKeyKind.Up,
            'B' => MenuKeyKind.Down,
            'H' => MenuKeyKind.Home,
            'F' => MenuKeyKind.End,
            'M' when !isControl => MenuKeyKind.Enter, // The keypad's.
            'Z' when isControl => MenuKeyKind.Up, // Tab, backwards.
            '~' when isControl => _number switch
            {
                1 or 7 => MenuKeyKind.Home,
                4 or 8 => MenuKeyKind.End,
                5 => MenuKeyKind.PageUp,
                6 => MenuKeyKind.PageDown,
                _ => null,
            },
            _ => null,
        };
        key = new MenuKey(kind ?? default);
        return kind is not null;
    }

    private bool TryPlain(byte next, out MenuKey key)
    {
        if (next >= 0x20 && next != 0x7f) { return TryLetter(next, out key); }
        _letterLength = 0;
        if (next == 0x1b) { _state = State.Escape; }
        MenuKeyKind? kind = next switch
        {
            (byte)'\r' or (byte)'\n' => MenuKeyKind.Enter,
            0x7f or 0x08 => MenuKeyKind.Backspace,
            0x03 or 0x04 => MenuKeyKind.Cancel,
            0x15 => MenuKeyKind.Clear,
            0x10 => MenuKeyKind.Up, // Ctrl-P and Ctrl-N, as in a shell's history.
            0x0e or (byte)'\t' => MenuKeyKind.Down,
            _ => null,
        };
        key = new MenuKey(kind ?? default);
        return kind is not null;
    }

    private bool TryLetter(byte next, out MenuKey key)
    {
        key = default;
        _letter[_letterLength++] = next;
        System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(_letter.AsSpan(0, _letterLength), out Rune letter, out _);
        if (status == System.Buffers.OperationStatus.NeedMoreData && _letterLength < _letter.Length) { return false; }
        bool wasFirst = _letterLength == 1;
        _letterLength = 0;
        if (status == System.Buffers.OperationStatus.Done)
        {
            key = new MenuKey(MenuKeyKind.Letter, letter);
            return true;
        }

        // A letter that broke off; the byte that broke it may be a letter itself.
        return !wasFirst && next < 0x80 && TryLetter(next, out key);
    }
}
