using System.Buffers;
using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>Both ends of a connection over a link that delivers at once: what a key costs, there and back.</summary>
[MemoryDiagnoser]
public class TransportBenchmarks : IDisposable, IUserInputSink
{
    private readonly ManualClock _clock = new();
    private readonly ArrayBufferWriter<byte> _datagram = new(4096);
    private readonly TransportScratch _scratch = new();
    private readonly Emulator _terminal = new(80, 24);
    private readonly UserInputState _input = new();
    private readonly Transport<ScreenState, UserInputState> _server;
    private readonly Transport<UserInputState, RemoteScreenState> _client;
    private readonly byte[] _output = SampleOutput.ColouredScroll();
    private int _at;
    private int _column;

    public TransportBenchmarks()
    {
        SeededRandom random = new(5);
        using SessionKey key = SessionKey.Generate(random);
        TransportSetup setup = new() { Sends = Direction.ServerToClient, Key = key, Epoch = 1, Random = random, Scratch = _scratch };
        ScreenState screen = new(_terminal);
        screen.Show();
        _server = new Transport<ScreenState, UserInputState>(_clock.Now, setup, screen, new UserInputState());
        setup = new() { Sends = Direction.ClientToServer, Key = key, Random = random, Scratch = _scratch };
        _client = new Transport<UserInputState, RemoteScreenState>(_clock.Now, setup, _input, new RemoteScreenState(80, 24));
        for (int i = 0; i < 100; i++) { KeyThereAndBack(); }
    }

    /// <summary>A key typed, its datagram taken, the program's echo written to the terminal, the frame sent and shown.</summary>
    [Benchmark]
    public int KeyThereAndBack()
    {
        _input.Append("x"u8);
        return Round(250);
    }

    /// <summary>4 KiB of output, the frame sent and shown.</summary>
    [Benchmark]
    public int OutputFrame()
    {
        _terminal.Write(_output.AsSpan(_at, 4096));
        _at = (_at + 4096) % (_output.Length - 4096);
        return Round(250);
    }

    /// <summary>Nothing happens for six seconds: two heartbeats each way.</summary>
    [Benchmark]
    public int Idle() => Round(6000);

    public void OnKeys(ReadOnlySpan<byte> keys)
    {
        // The echo of a shell's line: it wraps around rather than scrolls.
        _terminal.Write(keys);
        if (++_column % 70 == 0) { _terminal.Write("\r\e[K"u8); }
    }

    public void OnResize(int columns, int rows)
    {
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Round(long milliseconds)
    {
        MonoTime end = _clock.Now.Plus(milliseconds);
        int datagrams = 0;
        while (true)
        {
            datagrams += ToServer() + ToClient();
            MonoTime next = MonoTime.Min(_server.NextTimeout ?? MonoTime.Forever, _client.NextTimeout ?? MonoTime.Forever);
            if (next > end) { break; }
            _clock.AdvanceTo(MonoTime.Max(next, _clock.Now));
            _server.OnTimeout(_clock.Now);
            _client.OnTimeout(_clock.Now);
        }

        _clock.AdvanceTo(end);
        return datagrams >= 2 ? datagrams : throw new InvalidOperationException("The ends did not talk.");
    }

    private int ToServer()
    {
        int count = 0;
        for (; _client.TryTransmit(_clock.Now, _datagram); count++)
        {
            if (_server.OnDatagram(_clock.Now, _datagram.WrittenSpan, congestionExperienced: false).RemoteAdvanced) { _server.Remote.Drain(this); }
            _datagram.ResetWrittenCount();
        }

        while (_client.TryReadEvent(out _)) { }
        return count;
    }

    private int ToClient()
    {
        int count = 0;
        for (; _server.TryTransmit(_clock.Now, _datagram); count++)
        {
            _client.OnDatagram(_clock.Now, _datagram.WrittenSpan, congestionExperienced: false);
            _datagram.ResetWrittenCount();
        }

        while (_server.TryReadEvent(out _)) { }
        return count;
    }
}
