using System.Diagnostics;

namespace MoshBroker.Telemetry;

/// <summary><c>process_*</c> and <c>dotnet_*</c>: the process as the kernel and the runtime see it.</summary>
internal static class ProcessMetrics
{
    /// <summary>When this process began.</summary>
    public static readonly DateTimeOffset StartedAt = new(Process.GetCurrentProcess().StartTime.ToUniversalTime());

    public static void WriteTo(MetricsText text)
    {
        Counter(text, "process_cpu_seconds", "s", "Processor time used.", Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge(text, "process_start_time_seconds", "s", "When the process began, in seconds since 1970.", StartedAt.ToUnixTimeMilliseconds() / 1000.0);
        Gauge(text, "process_open_fds", "{descriptor}", "Open descriptors.", Directory.GetFileSystemEntries("/proc/self/fd").Length);
        if (Status() is (long threads, long resident, long virtualBytes))
        {
            Gauge(text, "process_threads", "{thread}", "Threads.", threads);
            Gauge(text, "process_resident_memory_bytes", "By", "Memory in RAM.", resident);
            Gauge(text, "process_virtual_memory_bytes", "By", "Address space in use.", virtualBytes);
        }

        Runtime(text);
    }

    private static void Runtime(MetricsText text)
    {
        Counter(text, "dotnet_gc_pause_time_seconds", "s", "Time that the collector held everything up.", GC.GetTotalPauseDuration().TotalSeconds);
        text.Head(MetricKind.Counter, "dotnet_gc_collections", "{collection}", "Garbage collections, by the oldest generation collected.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            // The runtime counts a collection for each younger generation too.
            int older = generation == GC.MaxGeneration ? 0 : GC.CollectionCount(generation + 1);
            text.Sample("dotnet_gc_collections", "_total", $"gc_heap_generation=\"gen{generation}\"", GC.CollectionCount(generation) - older);
        }

        Counter(text, "dotnet_gc_heap_allocated_bytes", "By", "Bytes ever allocated on the collector's heap.", GC.GetTotalAllocatedBytes());
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        Gauge(text, "dotnet_gc_heap_size_bytes", "By", "The collector's heap after its last collection.", memory.HeapSizeBytes);
        Gauge(text, "dotnet_gc_committed_memory_bytes", "By", "Memory that the collector holds.", memory.TotalCommittedBytes);
        Gauge(text, "dotnet_thread_pool_threads", "{thread}", "Threads of the pool.", ThreadPool.ThreadCount);
        Gauge(text, "dotnet_thread_pool_queue_length", "{item}", "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);
        Counter(text, "dotnet_thread_pool_work_items", "{item}", "Work that the pool has done.", ThreadPool.CompletedWorkItemCount);
        Counter(text, "dotnet_monitor_lock_contentions", "{contention}", "Times that a thread had to wait for a lock.", Monitor.LockContentionCount);
        Gauge(text, "dotnet_timers", "{timer}", "Timers that are set.", Timer.ActiveCount);
    }

    private static void Counter(MetricsText text, string name, string unit, string help, double value) => Single(text, MetricKind.Counter, name, unit, help, value);

    private static void Gauge(MetricsText text, string name, string unit, string help, double value) => Single(text, MetricKind.Gauge, name, unit, help, value);

    private static void Single(MetricsText text, MetricKind kind, string name, string unit, string help, double value)
    {
        text.Head(kind, name, unit, help);
        text.Sample(name, kind == MetricKind.Counter ? "_total" : "", "", value);
    }

    private static (long Threads, long Resident, long Virtual)? Status()
    {
        long threads = 0;
        long resident = 0;
        long virtualBytes = 0;
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Threads:", StringComparison.Ordinal)) { threads = Number(line); }
            else if (line.StartsWith("VmRSS:", StringComparison.Ordinal)) { resident = Number(line) * 1024; }
            else if (line.StartsWith("VmSize:", StringComparison.Ordinal)) { virtualBytes = Number(line) * 1024; }
        }

        return threads > 0 ? (threads, resident, virtualBytes) : null;
    }

    private static long Number(string line) => long.Parse(line.AsSpan(line.IndexOf(':') + 1).Trim().ToString().Split(' ')[0]);
}
