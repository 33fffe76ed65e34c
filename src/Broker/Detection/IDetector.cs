using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>Looks for one thing. A machine that is stepped about once a second with what was seen in between; its memory is fixed.</summary>
internal interface IDetector
{
    DetectionRule Rule { get; }

    /// <summary>What is unusual now; null when nothing is.</summary>
    Evidence? Look(MonoTime now, Tally seen);
}
