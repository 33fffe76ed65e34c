using MoshBroker.Native;
using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>What comes next on the way into a target.</summary>
internal abstract record TargetStep
{
    /// <summary>Run this in the session's terminal.</summary>
    internal sealed record Run(ChildProgram Program) : TargetStep;

    /// <summary>The session is over, in good order.</summary>
    internal sealed record Done : TargetStep;

    /// <summary>The target cannot be had, and why: one plain line for the user.</summary>
    internal sealed record Failed(string Line, TargetFailure? Reason = null) : TargetStep;

    /// <summary>The connection is lost and worth another try.</summary>
    internal sealed record Lost(string Line, TargetFailure Reason = TargetFailure.Reset) : TargetStep;
}
