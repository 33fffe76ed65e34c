using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MoshBroker.Protocol.Benchmarks;

if (args is ["gc-pauses", string traceFile, string from, string to])
{
    // For bench/run: nothing else here reads a trace.
    GcPauses.Print(traceFile, double.Parse(from, CultureInfo.InvariantCulture), double.Parse(to, CultureInfo.InvariantCulture));
    return;
}

// In this process: a generated project would be built with this repository's analyzers, and would need the network to restore.
ManualConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(SampleOutput).Assembly).Run(args, config);
