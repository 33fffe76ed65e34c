using System.Globalization;
using MoshBroker.Audit;
using MoshBroker.Cluster;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What operators do.</summary>
internal sealed partial class SessionHub : ISessionActions
{
    /// <summary>Ends a session in good order; false when it is unknown or over.</summary>
    /// <param name="by">Who asked for it, for the audit trail.</param>
    public bool Close(string id, string by) => Operate(id, by, AuditEventName.Close, new SessionMessage.Close(SessionEndReason.Operator));

    public bool Lock(string id, string by) =>
        Operate(id, by, AuditEventName.Lock, new SessionMessage.Lose(LossAction.Lock, SessionEndReason.Operator, "an operator has locked it"));

    public bool Unlock(string id, string by) => Operate(id, by, AuditEventName.Unlock, new SessionMessage.Unlock());

    // What was said is between the two of them: the trail notes that it was.
    public bool Say(string id, string by, string line) => Operate(id, by, AuditEventName.Message, new SessionMessage.Say(line));

    public bool Detach(string id, string by, int channel) => Operate(
        id, by, AuditEventName.Detach, new SessionMessage.Detach(channel),
        AuditEvent.Attribute("moshbroker.channel", channel.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Begins to show a screen; null when there is no such session. Whoever takes frames says so by <see cref="Taken"/>, and ends it by <see cref="Unwatch"/>.</summary>
    public ScreenTap? Watch(string id, string by) => Watch(id, by, "dashboard");

    /// <param name="via">How he watches, for the audit trail and for lists.</param>
    public ScreenTap? Watch(string id, string by, string via)
    {
        if (Living(id) is null) { return null; }
        ScreenTap tap = new(by, via);
        SessionMessage begin = new SessionMessage.Tap(-Interlocked.Increment(ref _lastTerminal), tap);
        return Operate(id, by, AuditEventName.Watch, begin, AuditEvent.Attribute("moshbroker.by", via)) ? tap : null;
    }

    public void Taken(string id)
    {
        if (_sessions.TryGetValue(id, out SessionEntry? entry)) { entry.Actor.Tell(new SessionMessage.TapTaken()); }
    }

    // What the tap holds belongs to the session's loop, which lets go of it when the session is over.
    public void Unwatch(string id, ScreenTap tap)
    {
        if (_sessions.TryGetValue(id, out SessionEntry? entry)) { entry.Actor.Tell(new SessionMessage.Untap(tap)); }
    }

    private bool Operate(string id, string by, string what, SessionMessage message, IReadOnlyDictionary<string, string>? more = null)
    {
        if (Living(id) is not { } entry) { return false; }
        _audit.Write(new AuditEvent(what) { Session = id, Tenant = entry.Actor.Facts.Tenant, User = by, More = more });
        entry.Actor.Tell(message);
        return true;
    }
}
