using System.Net;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Who is here, for detectors and their responses.</summary>
internal sealed partial class SessionHub
{
    /// <summary>The time of sessions, ports and what they keep out.</summary>
    public MonoClock Clock => _clock;

    /// <summary>Sessions whose client is heard, and those whose client has fallen silent.</summary>
    public (int Attached, int Silent) Presence
    {
        get
        {
            MonoTime now = _clock.Now();
            int attached = 0;
            int silent = 0;
            foreach (SessionEntry entry in _sessions.Values)
            {
                switch (SessionViews.StateOf(entry.Actor, now))
                {
                    case SessionState.Attached: attached++; break;
                    case SessionState.Silent or SessionState.Lost: silent++; break;
                }
            }

            return (attached, silent);
        }
    }

    /// <summary>Networks (/24, /48) that clients of live sessions are in.</summary>
    public IReadOnlySet<ulong> LiveNetworks
    {
        get
        {
            MonoTime now = _clock.Now();
            HashSet<ulong> networks = [];
            foreach (SessionEntry entry in _sessions.Values)
            {
                if (entry.Actor.Stats.HasEnded) { continue; }
                foreach (Channel channel in entry.Actor.Channels)
                {
                    if (channel.View(now).Peer is { } peer && IPEndPoint.TryParse(peer, out IPEndPoint? at)) { networks.Add(UdpAddress.From(at.Address, at.Port).Network); }
                }
            }

            return networks;
        }
    }
}
