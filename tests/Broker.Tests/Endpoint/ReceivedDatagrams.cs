using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Broker.Tests.Endpoint;

/// <summary>A channel that notes what it is handed.</summary>
internal sealed class ReceivedDatagrams : IDatagramHandler
{
    private byte[]? _first;

    public string Session => "a1b2c3d4";

    public List<ulong> Numbers { get; } = [];

    public int Batches { get; private set; }

    public UdpPath Path { get; private set; }

    /// <summary>True while every datagram was as long as the first.</summary>
    public bool IsIntact { get; private set; } = true;

    public void OnDatagram(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        _first ??= datagram.ToArray();
        IsIntact &= datagram.Length == _first.Length;
        Numbers.Add(Nonce.Read(datagram).Sequence);
        Path = path;
    }

    public void OnOversize()
    {
    }

    public void OnBatchEnd(MonoTime now) => Batches++;

    public void OnFault(Exception failure)
    {
    }
}
