using System.Net;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A port without a network: what the session sends waits here, and the test hands in what clients send.</summary>
internal sealed class MemoryEndpoint(int port, IDatagramHandler handler) : IUdpEndpoint
{
    private IDatagramHandler _handler = handler;

    public int Port { get; } = port;

    public uint KernelDrops { get; set; }

    /// <summary>What becomes of what is sent.</summary>
    public SendResult Result { get; set; } = SendResult.Sent;

    public bool IsDisposed { get; private set; }

    public Queue<(UdpPath Path, byte[] Bytes)> Sent { get; } = new();

    /// <summary>What goes to these addresses is lost.</summary>
    public HashSet<UdpAddress> Lost { get; } = [];

    /// <summary>Whoever gets a copy of each of the clients' datagrams and passes it on from there before it arrives itself; null for nobody.</summary>
    public UdpPath? Copier { get; set; }

    /// <summary>Every datagram ever sent here.</summary>
    public List<byte[]> AllSent { get; } = [];

    public static UdpPath From(string address, int port) => new(UdpAddress.From(IPAddress.Parse(address), port), 0, 0);

    public SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        if (Result != SendResult.Sent) { return Result; }
        if (!Lost.Contains(path.Peer)) { Sent.Enqueue((path, datagram.ToArray())); }
        AllSent.Add(datagram.ToArray());
        return SendResult.Sent;
    }

    public void Receive(MonoTime now, in UdpPath path, byte[] datagram)
    {
        if (IsDisposed) { return; }
        if (Copier is { } copier) { _handler.OnDatagram(now, copier, datagram, congestionExperienced: false); }
        _handler.OnDatagram(now, path, datagram, congestionExperienced: false);
        _handler.OnBatchEnd(now);
    }

    public void HandTo(IDatagramHandler handler) => _handler = handler;

    public void ReceiveOversize(MonoTime now)
    {
        _handler.OnOversize();
        _handler.OnBatchEnd(now);
    }

    public void Dispose() => IsDisposed = true;
}
