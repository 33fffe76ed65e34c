using MoshBroker.Detection;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>What the watchman finds beside the lookout, set by the test.</summary>
internal sealed class StandInScene : IScene
{
    public Action<Tally> Completing { get; set; } = static _ => { };

    public void Complete(Tally tally) => Completing(tally);

    public string? TenantOf(string session) => session.StartsWith("cafe", StringComparison.Ordinal) ? "acme" : null;
}
