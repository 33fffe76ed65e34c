using System.Buffers;
using BenchmarkDotNet.Attributes;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Benchmarks;

/// <summary>From plaintext to an instruction and back, without the cipher.</summary>
[MemoryDiagnoser]
public class DatagramBenchmarks : IDisposable
{
    private readonly ZlibCodec _zlib = new();
    private readonly FragmentAssembly _assembly = new();
    private readonly GrowingBuffer _buffer = new();
    private readonly byte[] _keystroke;
    private readonly byte[] _frame;
    private readonly byte[] _keystrokePlain;
    private readonly byte[] _framePlain;

    public DatagramBenchmarks()
    {
        ArrayBufferWriter<byte> message = new();
        UserMessageCodec.WriteKeys(message, "a"u8);
        _keystrokePlain = Instruction(message.WrittenSpan);
        _keystroke = Packet(_keystrokePlain);

        message = new ArrayBufferWriter<byte>();
        HostMessageCodec.WriteHostBytes(message, SampleOutput.Mixed().AsSpan(0, 1500));
        _framePlain = Instruction(message.WrittenSpan);
        _frame = Packet(_framePlain);
    }

    [Benchmark]
    public int ParseKeystroke() => Parse(_keystroke);

    [Benchmark]
    public int ParseFrame() => Parse(_frame);

    [Benchmark]
    public int DeflateKeystroke() => Deflate(_keystrokePlain);

    [Benchmark]
    public int DeflateFrame() => Deflate(_framePlain);

    public void Dispose()
    {
        _zlib.Dispose();
        _assembly.Dispose();
        GC.SuppressFinalize(this);
    }

    private static byte[] Instruction(ReadOnlySpan<byte> diff)
    {
        ArrayBufferWriter<byte> written = new();
        InstructionView instruction = new()
        {
            ProtocolVersion = InstructionView.CurrentVersion,
            OldNum = 1000,
            NewNum = 1001,
            AckNum = 2000,
            ThrowawayNum = 1000,
            Diff = diff,
            Chaff = new byte[8],
        };
        InstructionCodec.Write(in instruction, written);
        return written.WrittenSpan.ToArray();
    }

    private byte[] Packet(byte[] instruction)
    {
        _zlib.TryDeflate(instruction, out ReadOnlySpan<byte> compressed);
        byte[] packet = new byte[PacketWriter.Length(compressed.Length)];
        PacketWriter.Write(packet, 1, 2, 3, 0, isFinal: true, compressed);
        return packet;
    }

    private int Parse(byte[] plaintext)
    {
        if (PacketView.TryParse(plaintext, out PacketView packet)
            && FragmentView.TryParse(packet.Payload, out FragmentView fragment)
            && _assembly.Add(fragment, out ReadOnlySpan<byte> compressed) == FragmentOutcome.Complete
            && _zlib.TryInflate(compressed, out ReadOnlySpan<byte> message, out _)
            && InstructionCodec.TryParse(message, out InstructionView instruction))
        {
            _assembly.Clear();
            return instruction.Diff.Length;
        }

        throw new InvalidOperationException("The datagram was refused.");
    }

    private int Deflate(byte[] plain)
    {
        _zlib.TryDeflate(plain, out ReadOnlySpan<byte> compressed);
        _buffer.Reset();
        _buffer.Write(compressed);
        return compressed.Length;
    }
}
