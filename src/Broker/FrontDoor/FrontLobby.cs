using System.Net;
using MoshBroker.Backends;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Lobby;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Targets;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>What the menu offers somebody who came by the front door, by the policy of the moment.</summary>
/// <param name="wayTo">A session's way to an admission's target.</param>
/// <param name="deny">Notes a denial, for the audit trail.</param>
internal sealed class FrontLobby(
    SessionHub hub, Func<Policy> policy, Visitor visitor, Func<Admission, IBackendSource> wayTo, Action<Denial, string> deny, TimeProvider time) : ILobbyDesk
{
    public string Title => visitor.User.ToString();

    public Task<IReadOnlyList<MenuItem>?> LookAsync() => Task.Run(Look); // With many sessions and targets it takes longer than a session's turn may.

    public Task<LobbyAnswer> ChooseAsync(string session, MenuItem item) => Task.Run(() => Choose(session, item));

    public void Return(string session)
    {
        if (User() is { } user && Policy.DecideLobby(user, visitor.Credential, null, time.GetUtcNow()).Admission is { } lobby) { hub.ReturnToLobby(session, lobby); }
    }

    /// <summary>How long ago, for somebody who only wants to tell one from another.</summary>
    internal static string Ago(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => $"{(int)span.TotalDays} d",
        { TotalHours: >= 2 } => $"{(int)span.TotalHours} h",
        { TotalMinutes: >= 2 } => $"{(int)span.TotalMinutes} min",
        _ => $"{Math.Max(0, (int)span.TotalSeconds)} s",
    };

    private static string Note(LiveSession session, DateTimeOffset now)
    {
        string age = $"{Ago(now - session.CreatedAt)} old";
        string away = session.HeardSecondsAgo is { } seconds ? $", for {Ago(TimeSpan.FromSeconds(seconds))}" : "";
        return session.State switch
        {
            SessionState.Attached => $"{age}, attached",
            SessionState.Locked => $"{age}, locked: choose it to unlock it",
            SessionState.Starting => $"{age}, nobody there yet",
            SessionState.Unattached => $"{age}, nobody there",
            _ => $"{age}, not heard{away}",
        };
    }

    private PolicyUser? User() =>
        policy().Identify(visitor.Credential, time.GetUtcNow()).User is { } user && user.Name == visitor.User.Name && user.Tenant.Name == visitor.User.Tenant.Name ? user : null;

    private IReadOnlyList<MenuItem>? Look()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (User() is not { } user) { return null; }
        List<MenuItem> items = [.. hub.LiveSessions(visitor.Owns).Select(live => new MenuItem(MenuItemKind.Session, live.Id, live.Target, Note(live, now)))];
        items.AddRange(Policy.TargetsOf(user, visitor.Client, now).Select(target => new MenuItem(MenuItemKind.Target, target.Name, target.Name, "")));
        items.AddRange(Policy.ClosedTargetsOf(user, visitor.Client, now).Select(closed => new MenuItem(MenuItemKind.Closed, closed.Target.Name, closed.Target.Name, closed.Why)));
        return items;
    }

    private LobbyAnswer Choose(string session, MenuItem item)
    {
        if (User() is not { } user) { return new LobbyAnswer.Refused("your access has been withdrawn"); }
        LiveSession? chosen = item.Kind == MenuItemKind.Session ? hub.LiveSessions(visitor.Owns).FirstOrDefault(live => live.Id == item.Id) : null;
        if (item.Kind == MenuItemKind.Session && chosen is null) { return new LobbyAnswer.Refused($"session {item.Id} is over"); }
        string target = chosen?.Target ?? item.Id;
        Decision decision = Policy.Decide(user, visitor.Credential, visitor.Client, target, time.GetUtcNow(), default);
        if (decision.Admission is not { } admission) { return Refuse(decision.Denial!, target); }
        if (chosen is null) { return hub.Enter(session, admission, user) is { } denial ? Refuse(denial, target) : new LobbyAnswer.Enter(wayTo(admission)); }
        hub.Readmit(chosen.Id, admission);
        return new LobbyAnswer.Enter(new MirrorSource(wake => hub.EnterMirror(session, chosen.Id, admission, wake)));
    }

    private LobbyAnswer.Refused Refuse(Denial denial, string target)
    {
        deny(denial, target);
        return new LobbyAnswer.Refused(denial.UserLine);
    }
}
