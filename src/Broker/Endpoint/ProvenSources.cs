using MoshBroker.Protocol.StateSync;
using MoshBroker.Telemetry;

namespace MoshBroker.Endpoint;

/// <summary>
/// The last step before the network, and a witness there: addresses that something authentic came from. What goes anywhere else is counted, since
/// whoever answers strangers is a reflector.
/// </summary>
/// <remarks>Knows nothing of why something is sent, so that a fault in what decides it is seen. One thread's.</remarks>
/// <param name="places">So many addresses are remembered; more than a <see cref="PathGuard{TPath}"/> knows.</param>
internal sealed class ProvenSources(BrokerMetrics metrics, int places)
{
    private readonly UdpAddress[] _places = new UdpAddress[places];
    private int _next;

    /// <summary>An authentic datagram came from there.</summary>
    /// <param name="guard">Whose addresses are not forgotten, however many others come.</param>
    public void Note(in UdpPath path, PathGuard<UdpPath>? guard = null)
    {
        if (Contains(path.Peer)) { return; }
        for (int looks = 1; looks < places && guard?.Knows(new UdpPath(_places[_next], 0, 0)) == true; looks++) { _next = (_next + 1) % places; }
        _places[_next] = path.Peer;
        _next = (_next + 1) % places;
    }

    public SendResult Send(IUdpEndpoint endpoint, in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        SendResult result = endpoint.Send(path, datagram);
        if (result != SendResult.Sent) { return result; }
        metrics.Sent(path.Peer.IsIPv4, datagram.Length);
        if (!Contains(path.Peer)) { metrics.UnauthenticatedResponse(datagram.Length); }
        return result;
    }

    private bool Contains(in UdpAddress address) => address.Port != 0 && Array.IndexOf(_places, address) >= 0;
}
