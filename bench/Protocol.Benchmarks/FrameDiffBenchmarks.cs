using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>One 80×24 frame to the next, as host bytes.</summary>
[MemoryDiagnoser]
public class FrameDiffBenchmarks
{
    private readonly GrowingBuffer _hostBytes = new();
    private readonly Framebuffer _before;
    private readonly Framebuffer _oneKey;
    private readonly Framebuffer _scrolled;
    private readonly Framebuffer _repainted;
    private readonly Framebuffer _empty;
    private readonly Framebuffer _oneKeyOnEmpty;

    public FrameDiffBenchmarks()
    {
        Emulator terminal = new(80, 24);
        terminal.Write(SampleOutput.ColouredScroll().AsSpan(0, 8000));
        terminal.Write("\e[m\r\n$ "u8);
        _before = terminal.Frame.Snapshot();
        terminal.Write("x"u8);
        _oneKey = terminal.Frame.Snapshot();
        terminal.Write("\r\nalpha bravo\r\ncharlie\r\n$ "u8);
        _scrolled = terminal.Frame.Snapshot();
        terminal.Write("\e[H\e[2J"u8);
        terminal.Write(SampleOutput.Mixed().AsSpan(0, 16_000));
        _repainted = terminal.Frame.Snapshot();
        terminal.Write("\e[H\e[2J$ "u8);
        _empty = terminal.Frame.Snapshot();
        terminal.Write("x"u8);
        _oneKeyOnEmpty = terminal.Frame.Snapshot();
    }

    [Benchmark]
    public int OneKey() => Write(_before, _oneKey);

    [Benchmark]
    public int OneKeyOnEmptyScreen() => Write(_empty, _oneKeyOnEmpty);

    [Benchmark]
    public int Scroll() => Write(_before, _scrolled);

    [Benchmark]
    public int Repaint() => Write(_before, _repainted);

    [Benchmark]
    public int FromBlank()
    {
        _hostBytes.Reset();
        FrameDiff.WriteFromBlank(_before, _hostBytes);
        return _hostBytes.Length;
    }

    private int Write(Framebuffer from, Framebuffer to)
    {
        _hostBytes.Reset();
        FrameDiff.Write(from, to, _hostBytes);
        return _hostBytes.Length;
    }
}
