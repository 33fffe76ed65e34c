using System.Buffers;
using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>A full 80×24 terminal written to a snapshot in a reused buffer, without and with its 2,000 kept rows.</summary>
[MemoryDiagnoser]
public class SnapshotBenchmarks
{
    private readonly ArrayBufferWriter<byte> _snapshot = new(1024 * 1024);
    private readonly Emulator _terminal = new(80, 24);

    public SnapshotBenchmarks()
    {
        for (int i = 0; i < 4; i++)
            _terminal.Write(SampleOutput.ColouredScroll());
    }

    [Benchmark]
    public int Screen() => Write(withScrollback: false);

    [Benchmark]
    public int ScreenAndScrollback() => Write(withScrollback: true);

    private int Write(bool withScrollback)
    {
        _snapshot.ResetWrittenCount();
        _terminal.WriteSnapshot(_snapshot, withScrollback);
        return _snapshot.WrittenCount;
    }
}
