using System.Globalization;
using System.Runtime.InteropServices;
using MoshBroker.Actors;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Telemetry;

/// <summary>What a key costs the session's thread, from its datagram to the terminal and back, kernel included. Not a test: <c>bench/measures</c> starts it.</summary>
internal static partial class KeystrokeCost
{
    private const int WarmUp = 3000; // By then hot methods are compiled for good.
    private const int ThreadCpuClock = 3;

    /// <summary>Types so many keys for each line on stdin, and prints the microseconds of one.</summary>
    public static int Run(int keys)
    {
        using RealSession session = new();
        for (int i = 0; i < WarmUp; i++) { session.TypeAndGo(); }
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            double before = Probe.Ask(session.Loop);
            for (int i = 0; i < keys; i++) { session.TypeAndGo(); }
            Console.WriteLine(((Probe.Ask(session.Loop) - before) / keys).ToString("f3", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static unsafe partial int ReadClock(int clock, long* secondsAndNanoseconds);

    /// <summary>Asks a thread for the processor time that it has used, in microseconds.</summary>
    private sealed class Probe : IScheduled
    {
        private readonly ManualResetEventSlim _answered = new();
        private double _microseconds;

        public static double Ask(IDispatcher dispatcher)
        {
            Probe probe = new();
            dispatcher.Schedule(probe);
            return probe._answered.Wait(TimeSpan.FromSeconds(30)) ? probe._microseconds : throw new TimeoutException("the loop does not answer");
        }

        public unsafe void Run(MonoTime now)
        {
            long* time = stackalloc long[2];
            if (ReadClock(ThreadCpuClock, time) == 0) { _microseconds = (time[0] * 1e6) + (time[1] / 1e3); }
            _answered.Set();
        }

        public void OnTimer(MonoTime now)
        {
        }
    }
}
