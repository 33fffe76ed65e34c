using System.Text.Json;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Analysis;
using Microsoft.Diagnostics.Tracing.Analysis.GC;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>The collector's pauses in a process that wrote an EventPipe trace of its GC events.</summary>
internal static class GcPauses
{
    /// <summary>Prints <c>{"count":…, "longest_ms":…, "total_ms":…, "by_generation":[…]}</c> of the pauses between two times, in seconds from the trace's start.</summary>
    public static void Print(string traceFile, double from, double to)
    {
        using EventPipeEventSource trace = new(traceFile);
        trace.NeedLoadedDotNetRuntimes();
        trace.Process();
        TraceGC[] collections =
        [
            .. trace.Processes().SelectMany(process => process.LoadedDotNetRuntime()?.GC.GCs ?? [])
                .Where(collection => collection.PauseStartRelativeMSec >= from * 1000 && collection.PauseStartRelativeMSec <= to * 1000),
        ];
        Dictionary<string, object> result = new(StringComparer.Ordinal)
        {
            ["count"] = collections.Length,
            ["longest_ms"] = Math.Round(collections.Select(collection => collection.PauseDurationMSec).DefaultIfEmpty().Max(), 3),
            ["total_ms"] = Math.Round(collections.Sum(collection => collection.PauseDurationMSec), 3),
            ["by_generation"] = Enumerable.Range(0, 3).Select(generation => collections.Count(collection => collection.Generation == generation)).ToArray(),
        };
        Console.WriteLine(JsonSerializer.Serialize(result));
    }
}
