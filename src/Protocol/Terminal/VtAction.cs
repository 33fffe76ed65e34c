namespace MoshBroker.Protocol.Terminal;

/// <summary>What the emulator must do after a code point, in this order.</summary>
[Flags]
internal enum VtAction
{
    None = 0,

    /// <summary>An operating system command ended: <see cref="VtParser.OscText"/>.</summary>
    DispatchOsc = 1,

    /// <summary>The code point is a character.</summary>
    Print = 2,

    /// <summary>The code point is a control character.</summary>
    Execute = 4,

    /// <summary>An escape sequence ended: <see cref="VtParser.Key"/>.</summary>
    DispatchEscape = 8,

    /// <summary>A control sequence ended: <see cref="VtParser.Key"/> and its parameters.</summary>
    DispatchControlSequence = 16,
}
