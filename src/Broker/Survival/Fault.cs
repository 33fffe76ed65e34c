using System.Diagnostics;
using System.Globalization;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>A debug build dies at a moment of a test's choice; of these calls, nothing is in a release.</summary>
internal static class Fault
{
    private const string Variable = "MOSHBROKER_FAULT"; // Such as Saved:17, which is when that comes about for the 17th time.
    private const int KillSignal = 9;

    // The only static state there is: it is the process that ends, and it is not in what people run.
    private static readonly string[] Wanted = (Environment.GetEnvironmentVariable(Variable) ?? "").Split(':');
    private static int _hits;

    [Conditional("DEBUG")]
    public static void At(FaultPoint point)
    {
        if (Wanted.Length != 2 || Wanted[0] != point.ToString()) { return; }
        if (Interlocked.Increment(ref _hits) == int.Parse(Wanted[1], CultureInfo.InvariantCulture)) { _ = SpawnNative.Kill(Environment.ProcessId, KillSignal); }
    }
}
