using MoshBroker.Protocol;

namespace MoshBroker.Recording;

/// <summary>Records one session's terminal; called on the session's loop, never waits.</summary>
internal interface ISessionRecorder
{
    /// <summary>False while the disk is behind or refuses: where policy demands a recording, the session waits until it is true again.</summary>
    bool KeepsUp { get; }

    /// <summary>True while the disk refuses.</summary>
    bool IsBroken { get; }

    void Output(MonoTime now, ReadOnlySpan<byte> bytes);

    /// <summary>Keys; recorded only where policy says so, passwords are among them.</summary>
    void Input(MonoTime now, ReadOnlySpan<byte> bytes);

    void Resize(MonoTime now, int columns, int rows);

    /// <summary>Something that a viewer wants to find: attach, roam, silence, watcher.</summary>
    void Mark(MonoTime now, string label);

    /// <summary>The session is over; the recording is closed with its last block.</summary>
    void End(MonoTime now);
}
