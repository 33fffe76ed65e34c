namespace MoshBroker.Configuration;

/// <summary>The broker cannot start, or a command cannot be carried out. The message is one line for stderr that names the thing and the cure.</summary>
internal sealed class StartRefusedException : Exception
{
    public StartRefusedException(string message, Exception? inner = null, int exitCode = ExitCodes.Failed)
        : base(message, inner) => ExitCode = exitCode;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }
}
