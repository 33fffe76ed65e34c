using MoshBroker.Audit;
using MoshBroker.Protocol;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>Sessions that begin with the menu.</summary>
internal sealed partial class SessionHub
{
    /// <summary>What a menu is called in lists.</summary>
    public const string MenuLabel = "menu";

    private const int LobbiesPerUser = 16;

    /// <summary>
    /// The menu of a session led to a target: it counts as the user's from here on. Null when it may; or why not.
    /// </summary>
    public Denial? Enter(string id, Admission admission, PolicyUser user)
    {
        if (Living(id) is not { } entry) { return Over(id); }
        Decision decision = _quotas.Take(admission.Tenant, admission.User, counts => Policy.Quota(user, counts) is { } quota ? new Decision(null, quota) : new Decision(admission, null));
        if (decision.Denial is { } denial) { return denial; }
        if (!MoveTo(entry, (admission.Tenant, admission.User))) { return Over(id); }
        _audit.Write(new AuditEvent(AuditEventName.SessionTarget) { Session = id, Tenant = admission.Tenant, User = admission.User, Target = admission.Target!.Name });
        Become(entry, admission, admission.Target.Name, isMenu: false);
        return null;
    }

    /// <summary>The menu of a session led to another one: it is seen from there.</summary>
    /// <param name="admission">The right to that other session.</param>
    /// <param name="wake">Tells the menu's side that something waits in the mirror. From any thread.</param>
    public Mirror? EnterMirror(string id, string other, Admission admission, Action wake)
    {
        if (Living(id) is not { } entry || Living(other) is not { } seen || entry == seen) { return null; }
        Mirror mirror = new(-Interlocked.Increment(ref _lastTerminal), seen.Actor, id, now => SessionViews.HeardSecondsAgo(entry.Actor, now), wake);
        Become(entry, admission, $"session {other}", isMenu: true);
        seen.Actor.Tell(new SessionMessage.AttachMirror(mirror));
        _audit.Write(new AuditEvent(AuditEventName.Attach)
        {
            Session = other,
            Tenant = admission.Tenant,
            User = admission.User,
            Target = admission.Target?.Name,
            More = AuditEvent.Attribute("moshbroker.by", $"menu of session {id}"),
        });
        return mirror;
    }

    /// <summary>What the menu led to came to nothing, or is over: the session is the menu's again.</summary>
    public void ReturnToLobby(string id, Admission lobby)
    {
        if (Living(id) is not { } entry) { return; }
        (string tenant, string user) = PlaceOf(lobby);
        _quotas.Add(tenant, user);
        if (!MoveTo(entry, (tenant, user))) { return; }
        Become(entry, lobby, MenuLabel, isMenu: true);
    }

    private void Become(SessionEntry entry, Admission admission, string label, bool isMenu) => entry.Actor.Tell(new SessionMessage.Become(
        admission, _time.GetUtcNow(), label, isMenu, RecordOf(entry.Actor.Facts with { Admission = admission, Command = label }, isMenu)));

    /// <summary>Where a session counts. Menus, and texts to be read, count apart: somebody who has all his sessions may look at them.</summary>
    private static (string Tenant, string User) PlaceOf(Admission admission) => admission.IsLobby ? ($"{admission.Tenant} menus", admission.User) : (admission.Tenant, admission.User);

    /// <summary>The session counts there from now on, where it has been added already; false when it is over.</summary>
    private bool MoveTo(SessionEntry entry, (string Tenant, string User) place)
    {
        (string tenant, string user) = entry.TryMove(place, out (string Tenant, string User) before) ? before : place;
        _quotas.Release(tenant, user);
        return (tenant, user) == before;
    }

    private static Denial Over(string id) => new(DenyReason.TargetUnknown, "this session is over", $"session {id} is over");

    private static Decision Lobby(Admission admission, SessionCounts counts) => counts.OfUser < LobbiesPerUser
        ? new Decision(admission, null)
        : Decision.Deny(DenyReason.UserQuota, $"you have {LobbiesPerUser} menus open: leave one first", $"{admission.User} has as many menus as allowed ({LobbiesPerUser})");
}
