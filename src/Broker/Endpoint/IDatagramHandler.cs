using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>Takes the datagrams of one endpoint, a batch at a time, on the loop's thread. Must not throw.</summary>
internal interface IDatagramHandler
{
    /// <summary>Whose it is. From any thread.</summary>
    string Session { get; }

    /// <summary>False for a source whose datagrams are dropped, whoever made them. From any thread.</summary>
    bool MayBeAt(in UdpAddress source) => true;

    /// <summary>One datagram, borrowed until the call returns.</summary>
    void OnDatagram(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced);

    /// <summary>A datagram that no client can have sent: longer than the receive buffer.</summary>
    void OnOversize();

    /// <summary>The batch is over: time to answer.</summary>
    void OnBatchEnd(MonoTime now);

    /// <summary>The endpoint failed, and is of no more use.</summary>
    void OnFault(Exception failure);
}
