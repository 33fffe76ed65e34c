using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Protocol.StateSync;

/// <summary>What transports need only while they are stepped: compressor and buffers, about 0.4 MiB.</summary>
/// <remarks>One per worker thread, shared by all transports stepped there; nothing in it lives from one step to the next.</remarks>
public sealed class TransportScratch : IDisposable
{
    internal ZlibCodec Zlib { get; } = new();

    internal byte[] Plaintext { get; } = new byte[DatagramLimits.MaxReceived];

    internal GrowingBuffer Diff { get; } = new();

    internal GrowingBuffer OtherDiff { get; } = new();

    internal GrowingBuffer Instruction { get; } = new();

    /// <summary>Frees the compressor's native state.</summary>
    public void Dispose() => Zlib.Dispose();
}
