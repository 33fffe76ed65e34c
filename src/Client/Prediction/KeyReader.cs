using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>What typed bytes mean to a line editor: characters, control characters, the few sequences that can be predicted. Pure; bytes may come in any pieces.</summary>
internal struct KeyReader
{
    private enum State
    {
        Ground,
        Escape,
        EscapeIntermediate,
        ControlSequence,
        Text,
        TextEscape,
    }

    private State _state;
    private uint _character;
    private int _missing;
    private int _announced;

    /// <summary>Takes one byte.</summary>
    /// <param name="key">The byte.</param>
    /// <param name="codePoint">The character, when the answer is <see cref="TypedKey.Character"/>.</param>
    public TypedKey Next(byte key, out int codePoint)
    {
        codePoint = 0;
        switch (_state)
        {
            case State.Ground:
                return Ground(key, out codePoint);
            case State.Escape:
                // Application cursor keys, ESC O A, are arrows like ESC [ A.
                _state = key switch
                {
                    (byte)'[' or (byte)'O' => State.ControlSequence,
                    (byte)']' or (byte)'P' or (byte)'^' or (byte)'_' or (byte)'X' => State.Text,
                    0x1b => State.Escape,
                    >= 0x20 and <= 0x2f => State.EscapeIntermediate,
                    < 0x20 => State.Escape,
                    _ => State.Ground,
                };
                return _state == State.Ground || key < 0x20 ? TypedKey.Other : TypedKey.None;
            case State.EscapeIntermediate:
                if (key is >= 0x20 and <= 0x2f)
                    return TypedKey.None;
                _state = key == 0x1b ? State.Escape : State.Ground;
                return TypedKey.Other;
            case State.ControlSequence:
                return ControlSequence(key);
            case State.Text:
                _state = key switch { 0x07 or 0x9c or 0x18 or 0x1a => State.Ground, 0x1b => State.TextEscape, _ => State.Text };
                return TypedKey.None;
            default:
                _state = State.Ground;
                return key == '\\' ? TypedKey.None : TypedKey.Other;
        }
    }

    private TypedKey ControlSequence(byte key)
    {
        if (key is >= 0x20 and <= 0x3f)
            return TypedKey.None;
        if (key == 0x1b)
        {
            _state = State.Escape;
            return TypedKey.Other;
        }

        if (key < 0x20)
            return TypedKey.Other;
        _state = State.Ground;
        return key switch { (byte)'C' => TypedKey.Right, (byte)'D' => TypedKey.Left, _ => TypedKey.Other };
    }

    private TypedKey Ground(byte key, out int codePoint)
    {
        codePoint = 0;
        if (_missing > 0)
        {
            if ((key & 0xc0) == 0x80)
            {
                _character = (_character << 6) | (key & 0x3fu);
                if (--_missing > 0)
                    return TypedKey.None;
                uint least = _announced switch { 1 => 0x80, 2 => 0x800, _ => 0x1_0000 };
                if (_character < least || _character > 0x10ffff || _character is >= 0xd800 and <= 0xdfff)
                    return TypedKey.Other;
                codePoint = (int)_character;
                return TypedKey.Character;
            }

            _missing = 0;
            TypedKey after = Ground(key, out codePoint);
            return after == TypedKey.None ? TypedKey.Other : after;
        }

        switch (key)
        {
            case 0x1b:
                _state = State.Escape;
                return TypedKey.None;
            case 0x0d:
                return TypedKey.Enter;
            case 0x7f:
                return TypedKey.Backspace;
            case < 0x20:
                return TypedKey.Other;
            case < 0x80:
                codePoint = key;
                return TypedKey.Character;
            case < 0xc2 or > 0xf4:
                return TypedKey.Other;
            default:
                (_missing, _character) = key switch { < 0xe0 => (1, key & 0x1fu), < 0xf0 => (2, key & 0x0fu), _ => (3, key & 0x07u) };
                _announced = _missing;
                return TypedKey.None;
        }
    }
}
