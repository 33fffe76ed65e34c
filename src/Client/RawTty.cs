using MoshBroker.Client.Native;

namespace MoshBroker.Client;

/// <summary>The user's terminal: its settings as they were found, and raw mode. Says nothing to the screen.</summary>
internal sealed unsafe class RawTty
{
    private const int Input = 0;
    private const int Output = 1;

    private readonly byte[] _found = new byte[TtyNative.AttributesSize];

    /// <summary>False when stdin or stdout is no terminal.</summary>
    public static bool IsThere => TtyNative.IsTerminal(Input) == 1 && TtyNative.IsTerminal(Output) == 1;

    /// <summary>True while the terminal is raw.</summary>
    public bool IsRaw { get; private set; }

    /// <summary>The window's size; 0 × 0 when it is not known.</summary>
    public static (int Columns, int Rows) Size => TtyNative.SizeOf(Output);

    /// <summary>Every byte as it is, at once. The settings of now are what <see cref="Restore"/> goes back to: a shell may have changed them since.</summary>
    public bool MakeRaw()
    {
        if (IsRaw) { return true; }
        byte* raw = stackalloc byte[TtyNative.AttributesSize];
        fixed (byte* found = _found)
        {
            if (TtyNative.GetAttributes(Input, found) != 0) { return false; }
        }

        return IsRaw = SetRaw(raw);
    }

    /// <summary>Raw again after somebody stopped and continued us: the settings of now may be our own, so what was found first stays found.</summary>
    public void MakeRawAgain()
    {
        if (!IsRaw)
        {
            _ = MakeRaw();
            return;
        }

        byte* raw = stackalloc byte[TtyNative.AttributesSize];
        SetRaw(raw);
    }

    public void Restore()
    {
        if (!IsRaw) { return; }
        IsRaw = false;
        fixed (byte* found = _found) { _ = TtyNative.SetAttributes(Input, TtyNative.AfterOutput, found); }
    }

    private bool SetRaw(byte* raw)
    {
        _found.CopyTo(new Span<byte>(raw, TtyNative.AttributesSize));
        TtyNative.MakeRaw(raw);
        *(uint*)raw |= TtyNative.InputIsUtf8;
        return TtyNative.SetAttributes(Input, TtyNative.AfterOutput, raw) == 0;
    }
}
