using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Endpoint;

/// <summary>A UDP port that a channel speaks through.</summary>
internal interface IUdpEndpoint : IDisposable
{
    int Port { get; }

    /// <summary>True when what comes was proven to be the channel's client's, and others were turned away before.</summary>
    bool IsProven => false;

    /// <summary>Datagrams for this channel that were dropped before it could count them.</summary>
    long Drops(DropReason reason) => 0;

    /// <summary>Datagrams that the kernel dropped since the socket was opened; from any thread.</summary>
    uint KernelDrops => 0;

    /// <summary>From now on somebody else takes its datagrams; on the loop's thread.</summary>
    void HandTo(IDatagramHandler handler);

    SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram);
}
