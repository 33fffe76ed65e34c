namespace MoshBroker.Endpoint;

/// <summary>A UDP port that a channel speaks through.</summary>
internal interface IUdpEndpoint : IDisposable
{
    int Port { get; }

    SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram);
}
