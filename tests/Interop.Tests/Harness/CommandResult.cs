namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What a finished program left behind.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error);
