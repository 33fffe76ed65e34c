using System.Net;
using MoshBroker.Cluster;
using MoshBroker.Endpoint;
using MoshBroker.FrontDoor;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>Further clients of sessions that live.</summary>
internal sealed partial class SessionHub
{
    /// <summary>As for sessions: not there, and not yours, are one.</summary>
    public const string NoSuchChannel = "there is no such session of yours here";

    private int _lastTerminal;
    private long _lastStream;

    /// <summary>Sessions that live and are more than a menu, oldest first: those that this is asked of.</summary>
    public IReadOnlyList<LiveSession> LiveSessions(Func<Admission, bool> ofThese)
    {
        MonoTime now = _clock.Now();
        List<LiveSession> live = [];
        foreach (SessionEntry entry in _sessions.Values)
        {
            SessionActor session = entry.Actor;
            // Read once: another thread may change it.
            if (session.Stats.HasEnded || session.IsMenu || session.Admission is not { Target: not null } admission || !ofThese(admission)) { continue; }
            live.Add(new LiveSession(
                session.Facts.Id, admission, session.Label, session.Facts.CreatedAt, SessionViews.StateOf(session, now), SessionViews.HeardSecondsAgo(session, now)));
        }

        live.Sort((one, other) => one.CreatedAt.CompareTo(other.CreatedAt));
        return live;
    }

    /// <summary>Its user has logged in anew, with another right perhaps; a locked screen is unlocked.</summary>
    public void Readmit(string id, Admission admission)
    {
        if (Living(id) is { } entry) { entry.Actor.Tell(new SessionMessage.Admit(admission, _time.GetUtcNow(), Unlocks: true)); }
    }

    /// <summary>A new channel, with a new key and a port of its own, to a session that lives; whose it is has been asked before.</summary>
    /// <param name="watcher">Set for one who only watches.</param>
    /// <param name="takes">The clients of before are told that it is over for them.</param>
    public async Task<OpenAnswer> AttachAsync(string id, IPAddress? bind, UdpPortRange? ports, Watcher? watcher, bool takes, CancellationToken cancellation)
    {
        if (_stopping || Living(id) is not { } entry) { return new OpenAnswer.Refused($"session {id} is over"); }
        List<string> warnings = [];
        (ChannelPlace? place, OpenAnswer.Refused? refused) = await HoldPortAsync(bind, ports, entry.Actor.Admission?.Rules.Ports ?? [], warnings);
        if (place is null) { return refused!; }
        SessionKey key = SessionKey.Generate(_random);
        try
        {
            long epoch = entry.Actor.HeldEpoch;
            NewChannel channel = new(place.Port, context => _sealer.Seal(context, key.Bytes));
            ChannelGrant grant = await _store.AddChannelAsync(id, epoch, channel, cancellation);
            if (grant.Outcome == FencedOutcome.Stale && entry.Actor.HeldEpoch != epoch)
            {
                // The session drew a new epoch in between.
                epoch = entry.Actor.HeldEpoch;
                grant = await _store.AddChannelAsync(id, epoch, channel, cancellation);
            }

            if (grant.Outcome != FencedOutcome.Done)
            {
                place.Dispose();
                key.Dispose();
                return new OpenAnswer.Refused($"session {id} is over");
            }

            byte[] printed = new byte[SessionKey.PrintedLength];
            key.WritePrinted(printed);
            ChannelSeed seed = place.Take(grant.ChannelId, epoch, key, Array.IndexOf(_workers, entry.Worker)) with
            {
                Watcher = watcher,
                Kind = watcher is not null ? AttachKind.Watch : takes ? AttachKind.Takeover : AttachKind.Rekey,
            };
            entry.Actor.Tell(new SessionMessage.Attach(seed, takes));
            return new OpenAnswer.Accepted(place.Port, printed, id, warnings);
        }
        catch (Exception failure)
        {
            place.Dispose();
            key.Dispose();
            if (failure is StoreUnavailableException) { return new OpenAnswer.Refused(failure.Message); }
            throw;
        }
    }

    /// <summary>A client's datagrams come through its ssh; takes the socket over. Null, or why not, for the user.</summary>
    /// <param name="name">What the client calls its channel by.</param>
    /// <param name="isAllowed">Asked whether this user may, of the session and of the one who only watches.</param>
    /// <param name="client">Where the ssh connection comes from.</param>
    public string? AttachStream(UInt128 name, Func<SessionActor, Watcher?, string?> isAllowed, UdpAddress client, FileDescriptor socket)
    {
        foreach (SessionEntry entry in _sessions.Values)
        {
            SessionActor session = entry.Actor;
            if (session.Stats.HasEnded) { continue; }
            foreach (Channel channel in session.Channels)
            {
                if (channel.Name != name) { continue; }
                if (isAllowed(session, channel.Watcher) is { } reason) { return reason; }
                UdpPath path = UdpPath.Stream(client, (UInt128)(ulong)Interlocked.Increment(ref _lastStream));
                session.Tell(new SessionMessage.AttachStream(channel.Id, new StreamSeed(socket, path, entry.Worker.Loop)));
                return null;
            }
        }

        return NoSuchChannel;
    }

    /// <summary>Somebody at a tty joins a session; takes the seed over. False when the session is over.</summary>
    public bool AttachTerminal(string id, TerminalSeed seed, bool takes)
    {
        if (_stopping || Living(id) is not { } entry)
        {
            seed.Dispose();
            return false;
        }

        // Their numbers are apart from those of Mosh channels, which the store gives.
        int number = -Interlocked.Increment(ref _lastTerminal);
        entry.Actor.Tell(new SessionMessage.AttachTerminal(number, seed, takes, entry.Worker.Loop, entry.Worker.ReadBuffer));
        return true;
    }

    private SessionEntry? Living(string id) => _sessions.TryGetValue(id, out SessionEntry? entry) && !entry.Actor.Stats.HasEnded ? entry : null;
}
