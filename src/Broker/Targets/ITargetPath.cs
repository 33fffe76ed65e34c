namespace MoshBroker.Targets;

/// <summary>How one session gets into its target, and what an end of the program there means.</summary>
internal interface ITargetPath : IDisposable
{
    /// <summary>Finds out what to run; the answer comes once, from any thread, maybe before this returns.</summary>
    void Prepare(Action<TargetStep> answer);

    /// <summary>The program has ended, with waitpid's status.</summary>
    TargetStep OnEnded(int status);
}
