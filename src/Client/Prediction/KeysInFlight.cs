namespace MoshBroker.Client.Prediction;

/// <summary>The keys that the server has not acknowledged, in order, as far as they are few.</summary>
internal sealed class KeysInFlight
{
    // More than a person types while a link stands still for a minute; guesses about so many would be worth nothing.
    private const int Most = 512;

    private readonly KeyInFlight[] _keys = new KeyInFlight[Most];
    private int _from;
    private int _to;

    // A paste, or keys that found no room: what comes before their ack can't be guessed.
    private ulong _unknownDue;

    // The newest key whose effect can't be guessed: when it is acknowledged, the screen says what it was.
    private ulong _guessedFrom;

    public ReadOnlySpan<KeyInFlight> Keys => _keys.AsSpan(_from, _to - _from);

    public void Add(KeyInFlight key)
    {
        if (key.What is TypedKey.Enter or TypedKey.Other)
            _guessedFrom = key.Due;
        if (_to == Most)
        {
            if (_from == 0)
            {
                AddUnknown(key.Due);
                return;
            }

            Keys.CopyTo(_keys);
            _to -= _from;
            _from = 0;
        }

        _keys[_to++] = key;
    }

    public void AddUnknown(ulong due)
    {
        _unknownDue = due;
        _guessedFrom = due;
        _from = _to = 0;
    }

    /// <summary>Forgets what the server has seen.</summary>
    /// <param name="echoAck">Up to this state.</param>
    /// <param name="isUnknownDone">True once when the last key whose effect can't be guessed is among it.</param>
    public void Acknowledge(ulong echoAck, out bool isUnknownDone)
    {
        while (_from < _to && _keys[_from].Due <= echoAck)
            _from++;
        if (_from == _to)
            _from = _to = 0;
        isUnknownDone = _guessedFrom != 0 && _guessedFrom <= echoAck;
        if (isUnknownDone)
            _guessedFrom = 0;
    }

    /// <summary>True when all keys that the server has not seen are known.</summary>
    public bool IsWhole(ulong echoAck) => _unknownDue <= echoAck;
}
