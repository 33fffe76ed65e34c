using System.Runtime.InteropServices;
using MoshBroker.Native;

namespace MoshBroker.Endpoint;

/// <summary>Room for a batch of received datagrams, outside the collector's heap; one per loop, for the life of the loop, since a batch never outlives a turn.</summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    /// <summary>Enough for one channel's socket.</summary>
    public const int ChannelCapacity = 16;

    // Longer than any client sends (1,280 with headers); what does not fit is refused as oversize (spec'd limit of the stock programs).
    private const int DatagramLength = 2048;
    private const int SlotLength = DatagramLength + UdpNative.ControlLength + 32;

    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _parts;
    private readonly byte* _slots;

    public ReceiveBatch(int capacity = ChannelCapacity)
    {
        Capacity = capacity;
        _headers = (MultiMessageHeader*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(MultiMessageHeader));
        _parts = (IoVector*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(IoVector));
        _slots = (byte*)NativeMemory.AllocZeroed((nuint)capacity, SlotLength);
    }

    public int Capacity { get; }

    /// <summary>Receives what waits, up to the capacity; 0 when nothing does.</summary>
    public int Receive(FileDescriptor socket)
    {
        for (int i = 0; i < Capacity; i++)
        {
            byte* slot = _slots + (i * SlotLength);
            _parts[i] = new IoVector { Base = slot, Length = DatagramLength };
            _headers[i].Header = new MessageHeader
            {
                Name = slot + DatagramLength + UdpNative.ControlLength,
                NameLength = UdpNative.AddressLength,
                Parts = _parts + i,
                PartCount = 1,
                Control = slot + DatagramLength,
                ControlLength = UdpNative.ControlLength,
            };
        }

        return Math.Max(0, UdpNative.Receive(socket, _headers, Capacity));
    }

    public ReadOnlySpan<byte> Datagram(int index) => new(_parts[index].Base, (int)_headers[index].Length);

    public bool IsTruncated(int index) => (_headers[index].Header.Flags & UdpNative.Truncated) != 0;

    public UdpPath Path(int index, out bool congestionExperienced) => UdpNative.ReadPath(&_headers[index].Header, out congestionExperienced);

    public void Dispose()
    {
        NativeMemory.Free(_headers);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_slots);
    }
}
