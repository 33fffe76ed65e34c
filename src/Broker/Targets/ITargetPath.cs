namespace MoshBroker.Targets;

/// <summary>How one session gets into its target, and what an end of the program there means.</summary>
internal interface ITargetPath : IDisposable
{
    /// <summary>Finds out what to run; the answer comes once, from any thread, maybe before this returns.</summary>
    void Prepare(Action<TargetStep> answer);

    /// <summary>The program has ended, with waitpid's status; null when that is not to be had.</summary>
    TargetStep OnEnded(int? status);

    /// <summary>What the program's life hangs on besides its own, by name; null when there is nothing.</summary>
    string? Connection => null;

    /// <summary>A process before this one was inside already, by that connection.</summary>
    void Resume(string? connection)
    {
    }
}
