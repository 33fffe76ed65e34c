using System.Net;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A port without a network: what the session sends waits here, and the test hands in what clients send.</summary>
internal sealed class MemoryEndpoint(int port, IDatagramHandler handler) : IUdpEndpoint
{
    public int Port { get; } = port;

    public bool IsDisposed { get; private set; }

    public Queue<(UdpPath Path, byte[] Bytes)> Sent { get; } = new();

    /// <summary>Every datagram ever sent here.</summary>
    public List<byte[]> AllSent { get; } = [];

    public static UdpPath From(string address, int port) => new(UdpAddress.From(IPAddress.Parse(address), port), 0, 0);

    public SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        Sent.Enqueue((path, datagram.ToArray()));
        AllSent.Add(datagram.ToArray());
        return SendResult.Sent;
    }

    public void Receive(MonoTime now, in UdpPath path, byte[] datagram)
    {
        if (IsDisposed) { return; }
        handler.OnDatagram(now, path, datagram, congestionExperienced: false);
        handler.OnBatchEnd(now);
    }

    public void ReceiveOversize(MonoTime now)
    {
        handler.OnOversize();
        handler.OnBatchEnd(now);
    }

    public void Dispose() => IsDisposed = true;
}
