using MoshBroker.Protocol;

namespace MoshBroker.Client.Native;

/// <summary>Time that also passes while the machine sleeps: after a night the user is told at once how long the server was silent.</summary>
internal static unsafe class ClientClock
{
    private const int BootTime = 7; // CLOCK_BOOTTIME

    public static MonoTime Now()
    {
        long* time = stackalloc long[2];
        _ = FileNative.ReadClock(BootTime, time);
        return new MonoTime((time[0] * 1000) + (time[1] / 1_000_000));
    }
}
