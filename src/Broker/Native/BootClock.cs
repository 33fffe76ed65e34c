using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>CLOCK_BOOTTIME, in ns: it goes on while the machine sleeps, as a lease does.</summary>
internal sealed partial class BootClock : TimeProvider
{
    private const int BootTime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public override long TimestampFrequency => NanosecondsPerSecond;

    public override long GetTimestamp()
    {
        // Fails only for a clock that is not there, and this one is since Linux 2.6.39.
        _ = GetTime(BootTime, out TimeSpec time);
        return (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
