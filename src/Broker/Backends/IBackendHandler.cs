using MoshBroker.Protocol;

namespace MoshBroker.Backends;

/// <summary>Takes what a backend gives, on the session's loop. Must not throw.</summary>
internal interface IBackendHandler
{
    /// <summary>Where input and output are kept so that they outlive the process; null where nothing does.</summary>
    Survival.Lifeline? Lifeline => null;

    /// <summary>Output of the program, borrowed until the call returns.</summary>
    void OnOutput(MonoTime now, ReadOnlySpan<byte> output);

    /// <summary>The turn that brought output, or the end, is over: time to draw.</summary>
    void OnOutputEnd(MonoTime now);

    /// <summary>
    /// The backend is gone, and why; nothing but <see cref="OnOutputEnd"/> follows. It may come in the midst of anything that was asked of the
    /// backend, so it is only to be noted.
    /// </summary>
    void OnBackendEnded(BackendEnd end);

    /// <summary>
    /// What the backend was to bring cannot be had, and why, in one line for the user. True when the handler has told him and is done with the
    /// backend, which lets go of everything; false when the backend is to tell him.
    /// </summary>
    bool OnParted(MonoTime now, string line) => false;

    /// <summary>What was output just now are our own words, not the program's: a replay of its output does not have them.</summary>
    void OnOwnWords()
    {
    }

    /// <summary>What the next process must know to go on with what the backend runs.</summary>
    void OnProgram(Survival.SavedProgram program)
    {
    }

    /// <summary>The backend failed by a fault of ours.</summary>
    void OnFault(Exception failure);
}
