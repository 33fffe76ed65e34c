namespace MoshBroker.Survival;

/// <summary>How far a session is with the program that the broker itself started in it.</summary>
/// <param name="Pid">While it runs: no child of the next process, which can see its end all the same.</param>
/// <param name="StartedAt">The process's, in ticks since boot: tells it from another one of that number.</param>
/// <param name="Connection">The control path of the SSH connection that it is on; null for a program of this machine.</param>
internal sealed record SavedProgram(ProgramStage Stage, int Pid = 0, ulong StartedAt = 0, string? Connection = null);
