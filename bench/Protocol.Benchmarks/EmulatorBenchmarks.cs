using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>64 KiB of output into an 80×24 terminal, in pieces of 4 KiB as a PTY gives them: MB/s is 65,536 divided by the microseconds.</summary>
[MemoryDiagnoser]
public class EmulatorBenchmarks
{
    private const int ReadLength = 4096;

    private readonly byte[] _plain = SampleOutput.Plain();
    private readonly byte[] _mixed = SampleOutput.Mixed();
    private readonly byte[] _colouredScroll = SampleOutput.ColouredScroll();
    private readonly Emulator _terminal = new(80, 24);

    [Benchmark]
    public int Plain() => Write(_plain);

    [Benchmark]
    public int Mixed() => Write(_mixed);

    [Benchmark]
    public int ColouredScroll() => Write(_colouredScroll);

    private int Write(byte[] output)
    {
        for (int at = 0; at < output.Length; at += ReadLength) { _terminal.Write(output.AsSpan(at, Math.Min(ReadLength, output.Length - at))); }
        return _terminal.Frame.CursorRow;
    }
}
