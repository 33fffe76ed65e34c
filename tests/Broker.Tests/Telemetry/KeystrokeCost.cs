using System.Globalization;
using System.Runtime.InteropServices;
using MoshBroker.Actors;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Telemetry;

/// <summary>What a key costs the sessions' thread, from its datagram to the terminal and back, kernel included. Not a test: <c>bench/measures</c> and <c>bench/survival</c> start it.</summary>
internal static partial class KeystrokeCost
{
    private const int Sessions = 50; // Enough that the thread has work whenever it wakes, as on a jump box.
    private const int WarmUp = 100; // Keys of each: by then hot methods are compiled for good.
    private const int ThreadCpuClock = 3;

    /// <summary>Types so many keys in each session for each line on stdin, and prints the microseconds of one.</summary>
    /// <param name="keys">So many.</param>
    /// <param name="survives">With checkpoint and journal.</param>
    public static int Run(int keys, bool survives)
    {
        using RealLoop loop = new();
        RealSession[] sessions = [.. Enumerable.Range(0, Sessions).Select(_ => new RealSession(loop, survives))];
        for (int i = 0; i < WarmUp; i++) { RealSession.TypeAndGo(sessions); }
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            double before = Probe.Ask(loop.Worker.Loop);
            for (int i = 0; i < keys; i++) { RealSession.TypeAndGo(sessions); }
            Console.WriteLine(((Probe.Ask(loop.Worker.Loop) - before) / keys / Sessions).ToString("f3", CultureInfo.InvariantCulture));
        }

        foreach (RealSession session in sessions) { session.Dispose(); }
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
