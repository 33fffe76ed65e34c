namespace MoshBroker.Backends;

/// <summary>How a terminal answers to the keys that stop and resume its output.</summary>
/// <param name="IsOn">IXON: it listens to them at all.</param>
/// <param name="AnyResumes">IXANY.</param>
/// <param name="Signals">ISIG: keys that send a signal resume it as well.</param>
internal readonly record struct TtyFlow(bool IsOn, bool AnyResumes, bool Signals, byte Stop, byte Start, byte Interrupt, byte Quit, byte Suspend)
{
    /// <summary>As every terminal begins.</summary>
    public static TtyFlow Usual => new(IsOn: true, AnyResumes: false, Signals: true, Stop: 0x13, Start: 0x11, Interrupt: 0x03, Quit: 0x1C, Suspend: 0x1A);

    public bool Stops(byte key) => IsOn && key == Stop;

    public bool Resumes(byte key) => !IsOn || AnyResumes || key == Start || (Signals && (key == Interrupt || key == Quit || key == Suspend));
}
