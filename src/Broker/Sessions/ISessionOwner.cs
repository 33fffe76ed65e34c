using MoshBroker.Cluster;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>Whom a session tells what others must know. Called on the session's loop; must not block.</summary>
internal interface ISessionOwner
{
    /// <summary>The session is over; its channels may still answer for a while.</summary>
    void OnEnded(SessionActor session, SessionEndReason reason);

    /// <summary>Nothing of the session is left.</summary>
    void OnStopped(SessionActor session);

    /// <summary>A client is there for the first time.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="by">Who watches; null for one of the session's own.</param>
    void OnAttached(SessionActor session, string from, AttachKind kind, string? by);

    /// <summary>A client was heard from another address than before.</summary>
    void OnMoved(SessionActor session, string peer);

    /// <summary>A client went to and fro between networks, more often than people do; it is answered where it is known to hear us.</summary>
    void OnFlapping(SessionActor session, string peer);

    /// <summary>A channel is over whose client does not know; its tombstone is the owner's from here on.</summary>
    void OnBuried(SessionActor session, EndedChannel ended);

    /// <summary>The screen was locked, for the reason given; or unlocked, with none.</summary>
    void OnLockChanged(SessionActor session, string? reason);

    /// <summary>A channel has spent half of its epoch's numbers: <see cref="SessionMessage.EpochDrawn"/> is the answer.</summary>
    void OnEpochNearlySpent(SessionActor session, int channelId);
}
