using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Many clients fall silent at once: so many trains do not enter tunnels together. Clients that leave are not silent, and count for nothing.</summary>
internal sealed class MassDetach : IDetector
{
    private const double Left = 0.7;
    private const int Least = 20;
    private const long StepMs = 10_000;
    private const int Steps = 30; // Five minutes.

    private readonly int[] _attached = new int[Steps];
    private readonly int[] _silent = new int[Steps];
    private long _step;

    public DetectionRule Rule => DetectionRule.MassDetach;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        long step = now.Milliseconds / StepMs;
        if (_step == 0) { _step = step - 1; }
        for (long next = Math.Max(_step + 1, step - Steps + 1); next <= step; next++) { (_attached[next % Steps], _silent[next % Steps]) = (seen.Attached, seen.Silent); }
        _step = step;
        int before = _attached.Max();
        int fallen = seen.Silent - _silent.Min();
        return before > Least && seen.Attached < Left * before && fallen >= (1 - Left) * before
            ? Evidence.Of(("fell_silent", fallen), ("attached", seen.Attached), ("attached_before", before))
            : null;
    }
}
