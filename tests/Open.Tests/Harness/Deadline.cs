namespace MoshBroker.Open.Tests.Harness;

/// <summary>How long a test waits for an event before it fails; machines that build at the same time are slow.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);
}
