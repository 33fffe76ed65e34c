using MoshBroker.Open.Native;

namespace MoshBroker.Open.FrontDoor;

/// <summary>
/// What stays behind of a plain ssh whose terminal the broker has taken over: a constant script of sh (0.2 MB) that tells of window
/// changes, waits for the end, and gives the terminal its modes back.
/// </summary>
internal static unsafe class Waiter
{
    /// <summary>Where the script finds its line to the broker.</summary>
    public const int Line = 3;

    /// <summary>A trap makes <c>read</c> fail, so its mark tells a changed window from the broker's hang-up.</summary>
    private static ReadOnlySpan<byte> Script =>
        """
        saved=$(stty -g)
        trap 'changed=1; printf w >&3' WINCH
        trap 'stty "$saved"; exit 129' HUP TERM
        trap '' INT QUIT TSTP
        stty raw -echo
        printf r >&3
        status=
        while changed=; ! read -r status <&3; do [ -n "$changed" ] || break; done
        stty "$saved"
        exit "${status:-1}"
        """u8;

    /// <summary>Becomes the script; returns only when that fails.</summary>
    public static void Become(int line)
    {
        if (line != Line)
        {
            if (FileNative.Duplicate(line, Line) < 0) { return; }
        }
        else { _ = FileNative.SetDescriptorFlags(Line, 2, 0); } // F_SETFD: not closed on exec.

        using var arguments = new PointerArray(4);
        arguments.Add("moshbroker-wait"u8);
        arguments.Add("-c"u8);
        arguments.Add(Script);
        using var environment = new PointerArray(1);
        environment.Add("PATH=/usr/bin:/bin"u8);
        fixed (byte* shell = "/bin/sh\0"u8) { _ = FileNative.Execute(shell, arguments.Start, environment.Start); }
    }
}
