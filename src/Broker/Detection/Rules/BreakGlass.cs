using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>A break-glass token was used: legitimate, rare, and always worth a look.</summary>
internal sealed class BreakGlass : IDetector
{
    public DetectionRule Rule => DetectionRule.BreakGlass;

    public Evidence? Look(MonoTime now, Tally seen) => seen.BrokenGlass == 0 ? null : Evidence.Of(("uses", seen.BrokenGlass));
}
