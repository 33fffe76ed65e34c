using System.Runtime.CompilerServices;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>How much a path has lost lately, both ways, in eight steps of 4 s.</summary>
/// <remarks>Quicker and coarser than the exact count of the metrics, which waits for 64 later numbers.</remarks>
internal struct LossWindow
{
    private const int Steps = 8;
    private const long StepMs = 4000;

    // Fewer say nothing: one burst is no lossy path.
    private const int LeastMissing = 3;

    // What is missing on the way here is known; what was sent again may have arrived the first time, at a client that was slow to say so.
    private const int LeastRepeats = 8;
    private const double RepeatsLost = 0.6;

    private Counts _heard;
    private Counts _missing;
    private Counts _frames;
    private Counts _repeats;
    private long _step;

    [InlineArray(Steps)]
    private struct Counts
    {
        private int _first;
    }

    /// <summary>A fresh datagram that left out so many numbers.</summary>
    public void OnFresh(MonoTime now, int skipped)
    {
        int step = StepAt(now);
        _heard[step]++;
        _missing[step] += skipped;
    }

    /// <summary>One that was taken for missing.</summary>
    public void OnLate(MonoTime now)
    {
        int step = StepAt(now);
        _heard[step]++;
        _missing[step]--;
    }

    public void OnSent(MonoTime now, int frames, int repeats)
    {
        int step = StepAt(now);
        _frames[step] += frames;
        _repeats[step] += repeats;
    }

    /// <summary>The share lost in the worse direction; 0 where too little was sent to tell.</summary>
    public double Share(MonoTime now)
    {
        StepAt(now);
        int missing = Sum(_missing);
        int repeats = Sum(_repeats);
        double up = missing < LeastMissing ? 0 : (double)missing / (missing + Sum(_heard));
        double down = repeats < LeastRepeats ? 0 : RepeatsLost * repeats / Math.Max(repeats, Sum(_frames));
        return Math.Max(up, down);
    }

    /// <summary>What was lost across an outage says nothing of the path as it is when it works.</summary>
    public void Clear()
    {
        _heard = default;
        _missing = default;
        _frames = default;
        _repeats = default;
    }

    private static int Sum(ReadOnlySpan<int> counts)
    {
        int sum = 0;
        foreach (int count in counts) { sum += count; }
        return sum;
    }

    private int StepAt(MonoTime now)
    {
        long step = now.Milliseconds / StepMs;
        if (step - _step >= Steps) { Clear(); }
        else
        {
            for (long passed = _step + 1; passed <= step; passed++)
            {
                int slot = (int)(passed % Steps);
                _heard[slot] = _missing[slot] = _frames[slot] = _repeats[slot] = 0;
            }
        }

        _step = Math.Max(_step, step);
        return (int)(_step % Steps);
    }
}
