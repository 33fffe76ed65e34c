using MoshBroker.Cluster;
using MoshBroker.Native;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What a session can be told from outside its loop: a few messages in its life.</summary>
internal abstract record SessionMessage
{
    /// <summary>Takes the descriptors that it was made with and begins.</summary>
    public sealed record Start : SessionMessage;

    /// <summary>Ends in good order: the client is told.</summary>
    public sealed record Close(SessionEndReason Reason) : SessionMessage;

    /// <summary>A further client of the same terminal, with a key and a port of its own.</summary>
    /// <param name="Takes">The other clients are told that it is over for them.</param>
    public sealed record Attach(ChannelSeed Seed, bool Takes = false) : SessionMessage;

    /// <summary>Somebody at a tty.</summary>
    /// <param name="Loop">The session's own.</param>
    /// <param name="ReadBuffer">The loop's.</param>
    public sealed record AttachTerminal(int Id, TerminalSeed Seed, bool Takes, EpollLoop Loop, byte[] ReadBuffer) : SessionMessage;

    /// <summary>A client's datagrams come by its ssh from now on.</summary>
    public sealed record AttachStream(int ChannelId, StreamSeed Seed) : SessionMessage;

    /// <summary>The store committed a new epoch for a channel that had nearly spent its numbers; null when it could not.</summary>
    public sealed record EpochDrawn(int ChannelId, long? Epoch) : SessionMessage;

    /// <summary>The recording's disk refuses, or the recording keeps up again.</summary>
    public sealed record RecordingChanged : SessionMessage;

    /// <summary>Policy was asked again, because it changed, or because the user logged in afresh.</summary>
    /// <param name="UtcNow">When that was.</param>
    /// <param name="Unlocks">True for a fresh login.</param>
    public sealed record Admit(Admission Admission, DateTimeOffset UtcNow, bool Unlocks) : SessionMessage;

    /// <summary>The right to go on is lost: the screen locks, or the session ends.</summary>
    /// <param name="Line">Why, for the user: "your key has been revoked".</param>
    public sealed record Lose(LossAction Action, SessionEndReason Reason, string Line) : SessionMessage;

    /// <summary>An operator takes the lock off again that <see cref="Lose"/> put on.</summary>
    public sealed record Unlock : SessionMessage;

    /// <summary>A line from an operator for the user's screen. Printable ASCII.</summary>
    public sealed record Say(string Line) : SessionMessage;

    /// <summary>One client is told that it is over for him; the session goes on.</summary>
    /// <param name="ChannelId">Negative for somebody at a tty.</param>
    public sealed record Detach(int ChannelId) : SessionMessage;

    /// <summary>Somebody wants to see the screen in a browser.</summary>
    public sealed record Tap(int Id, ScreenTap Screen) : SessionMessage;

    /// <summary>The last frame has been taken: there may be another.</summary>
    public sealed record TapTaken : SessionMessage;

    /// <summary>He has seen enough.</summary>
    public sealed record Untap(ScreenTap Screen) : SessionMessage;

    /// <summary>Somebody chose the session from the menu of another.</summary>
    public sealed record AttachMirror(Mirror Mirror) : SessionMessage;

    /// <summary>Something waits in a mirror: keys, a size, or room for a frame. One object for all: it comes with every key.</summary>
    public sealed record Mirrored : SessionMessage
    {
        public static Mirrored Instance { get; } = new();
    }

    /// <summary>He has left it.</summary>
    /// <param name="Quits">His client said good-bye.</param>
    public sealed record Unmirror(Mirror Mirror, bool Quits) : SessionMessage;

    /// <summary>What the session is for has changed: the menu led somewhere, or it is the menu's again.</summary>
    /// <param name="Label">What it is called in lists.</param>
    /// <param name="Record">Its facts for the next process.</param>
    public sealed record Become(Admission Admission, DateTimeOffset UtcNow, string Label, bool IsMenu, Survival.SessionRecord Record) : SessionMessage;
}
