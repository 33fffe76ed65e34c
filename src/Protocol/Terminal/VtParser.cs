using System.Runtime.CompilerServices;
using System.Text;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Paul Williams' parser for escape sequences, over code points.</summary>
internal sealed partial class VtParser
{
    /// <summary>Digits, semicolons and colons kept of one sequence; what a program sends beyond is dropped.</summary>
    internal const int MaxParameterCharacters = 100;

    /// <summary>Code points kept of an operating system command.</summary>
    internal const int MaxOscCodePoints = 16384;

    /// <summary>A parameter above this counts as absent.</summary>
    internal const int MaxParameter = 65535;

    private const int MaxKeyLength = 8;

    // Titles fit; what a large clipboard needed is given back afterwards.
    private const int KeptOscBytes = 1024;

    private byte[] _osc = [];
    private int _oscLength;
    private int _oscCodePoints;
    private int _parameterCharacters;
    private int _keyLength;
    private int _values;                        // parameters begun, except the first
    private ParameterValues _parameters;
    private UInt128 _subparameters;             // one bit a parameter: it followed a colon

    [InlineArray(MaxParameterCharacters + 1)]
    private struct ParameterValues
    {
        private int _first;
    }

    internal VtState State { get; private set; }

    internal TerminalGuards Guards { get; } = new();

    /// <summary>Markers, intermediates and final, one byte each from the lowest; code points above FF are not stored.</summary>
    internal ulong Key { get; private set; }

    /// <summary>How many parameters the sequence has, those after colons included, at least 1.</summary>
    internal int ParameterCount => _values + 1;

    /// <summary>True when the sequence has a colon, even one beyond the limit.</summary>
    internal bool HasSubparameters { get; private set; }

    /// <summary>What stood between the introducer and the end of an operating system command, as UTF-8.</summary>
    internal ReadOnlySpan<byte> OscText => _osc.AsSpan(0, _oscLength);

    /// <summary>A parameter; 0 when it is absent, zero or too large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Parameter(int index)
    {
        if ((uint)index > (uint)_values)
            return 0;
        int value = _parameters[index];
        return value > MaxParameter ? 0 : value;
    }

    /// <summary>How many parameters after this one belong to it: they follow colons.</summary>
    internal int SubparameterCount(int index)
    {
        int count = 0;
        while (HasSubparameters && index + count < _values && IsSubparameter(index + count + 1))
            count++;
        return count;
    }

    /// <summary>True when a parameter follows a colon.</summary>
    internal bool IsSubparameter(int index) => (_subparameters >> index & 1) != 0;

    /// <summary>Takes one code point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal VtAction Next(int codePoint)
    {
        int entry = Table[((int)State * TableColumns) + (codePoint < TableColumns ? codePoint : 'A')];
        VtState next = (VtState)(entry & StateMask);
        VtAction action = VtAction.None;
        if (State == VtState.OscString && (next != VtState.OscString || entry >> ActionShift == BeginOscStep))
            action = VtAction.DispatchOsc;
        State = next;
        switch (entry >> ActionShift)
        {
            case NoStep:
                return action;
            case PrintStep:
                return action | VtAction.Print;
            case ExecuteStep:
                return action | VtAction.Execute;
            case ClearStep:
                Clear();
                return action;
            case CollectStep:
                Collect(codePoint);
                return action;
            case ParameterStep:
                AddParameter(codePoint);
                return action;
            case DispatchEscapeStep:
                Collect(codePoint);
                return action | VtAction.DispatchEscape;
            case DispatchControlSequenceStep:
                Collect(codePoint);
                return action | VtAction.DispatchControlSequence;
            case PutOscStep:
                PutOsc(codePoint);
                return action;
            default:
                // When one ended just now, its text must still be read; EndOsc will empty it.
                if (action == VtAction.None)
                    EndOsc();
                return action;
        }
    }

    /// <summary>The emulator has read <see cref="OscText"/>.</summary>
    internal void EndOsc()
    {
        _oscLength = 0;
        _oscCodePoints = 0;
        if (_osc.Length > KeptOscBytes)
            _osc = [];
    }

    internal void Reset()
    {
        State = VtState.Ground;
        Clear();
        EndOsc();
    }

    internal void CopyFrom(VtParser other)
    {
        State = other.State;
        Key = other.Key;
        _keyLength = other._keyLength;
        _parameterCharacters = other._parameterCharacters;
        _values = other._values;
        _parameters = other._parameters;
        _subparameters = other._subparameters;
        HasSubparameters = other.HasSubparameters;
        _oscCodePoints = other._oscCodePoints;
        _oscLength = other._oscLength;
        if (_osc.Length < _oscLength)
            _osc = new byte[_oscLength];
        other.OscText.CopyTo(_osc);
    }

    private void Clear()
    {
        Key = 0;
        _keyLength = 0;
        _parameterCharacters = 0;
        _values = 0;
        _parameters[0] = 0;
        _subparameters = 0;
        HasSubparameters = false;
    }

    private void Collect(int codePoint)
    {
        if (_keyLength < MaxKeyLength && codePoint <= 0xff)
            Key |= (ulong)codePoint << (8 * _keyLength++);
    }

    private void AddParameter(int codePoint)
    {
        if (codePoint == ':')
            HasSubparameters = true;
        if (_parameterCharacters >= MaxParameterCharacters)
        {
            // One beyond the limit stands for all that follow.
            if (_parameterCharacters == MaxParameterCharacters)
                Guards.OnBytes();
            _parameterCharacters = MaxParameterCharacters + 1;
            return;
        }

        _parameterCharacters++;
        if (codePoint is ';' or ':')
        {
            _parameters[++_values] = 0;
            if (codePoint == ':')
                _subparameters |= UInt128.One << _values;
            return;
        }

        // Saturates just above the limit, however many digits follow.
        ref int value = ref _parameters[_values];
        value = Math.Min((value * 10) + (codePoint - '0'), MaxParameter + 1);
    }

    private void PutOsc(int codePoint)
    {
        if (_oscCodePoints >= MaxOscCodePoints)
        {
            if (_oscCodePoints == MaxOscCodePoints)
                Guards.OnOsc();
            _oscCodePoints = MaxOscCodePoints + 1;
            return;
        }

        _oscCodePoints++;
        if (_osc.Length < _oscLength + 4)
            Array.Resize(ref _osc, Math.Max(64, _osc.Length * 2));
        _oscLength += new Rune(codePoint).EncodeToUtf8(_osc.AsSpan(_oscLength));
    }
}
