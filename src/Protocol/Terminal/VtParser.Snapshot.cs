using System.Text;
using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <content>A half-read sequence in a snapshot.</content>
internal sealed partial class VtParser
{
    internal void WriteContent(ref SnapshotWriter to)
    {
        to.Byte((byte)State);

        // What is left of a sequence that has ended is cleared before it is looked at.
        if (State == VtState.Ground)
            return;

        to.Int(_keyLength);
        for (int i = 0; i < _keyLength; i++)
            to.Byte((byte)(Key >> (8 * i)));
        to.Int(Math.Min(_parameterCharacters, MaxParameterCharacters));
        to.Int(_values);
        for (int i = 0; i <= _values; i++)
            to.Int(_parameters[i]);
        to.Flag(HasSubparameters);
        if (HasSubparameters)
        {
            to.UInt64((ulong)(_subparameters >> 64));
            to.UInt64((ulong)_subparameters);
        }

        to.Block(OscText);
    }

    /// <summary>For a parser that has read nothing.</summary>
    internal void ReadContent(ref SnapshotReader from)
    {
        int state = from.Byte();
        from.Require(state <= (int)VtState.IgnoredString);
        if (from.IsBad || state == (int)VtState.Ground)
            return;

        State = (VtState)state;
        _keyLength = from.Int(0, MaxKeyLength);
        for (int i = 0; i < _keyLength; i++)
            Key |= (ulong)from.Byte() << (8 * i);
        _parameterCharacters = from.Int(0, MaxParameterCharacters);
        _values = from.Int(0, _parameterCharacters);
        for (int i = 0; i <= _values; i++)
            _parameters[i] = from.Int(0, MaxParameter + 1);
        HasSubparameters = from.Flag();
        if (HasSubparameters)
            _subparameters = new UInt128(from.UInt64(), from.UInt64());

        ReadOnlySpan<byte> text = from.Text(MaxOscCodePoints);
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            PutOsc(rune.Value);
            text = text[length..];
        }
    }
}
