using System.Diagnostics;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>A share of one core: what a session's terminal has used, and until when its program's output has to wait for that.</summary>
internal struct CpuBudget
{
    private const double BurstMs = 200;

    private double _share;
    private double _leftMs;
    private MonoTime _at;

    /// <summary>False without a limit: then nothing is measured.</summary>
    public readonly bool IsLimited => _share > 0;

    /// <param name="percent">Of one core; null for no limit.</param>
    public void SetShare(MonoTime now, int? percent)
    {
        if (percent.GetValueOrDefault() / 100.0 == _share) { return; }
        _share = percent.GetValueOrDefault() / 100.0;
        _leftMs = BurstMs * _share;
        _at = now;
    }

    /// <param name="began">A reading of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Spend(long began) => _leftMs -= Stopwatch.GetElapsedTime(began).TotalMilliseconds;

    /// <summary>Of what may be used at once, the share that is used up; 1 is waiting. From any thread.</summary>
    public readonly double Used(MonoTime now) => IsLimited ? 1 - Math.Clamp((_leftMs + (now.Since(_at) * _share)) / (BurstMs * _share), 0, 1) : 0;

    /// <summary>When output may be taken: now, or later.</summary>
    public MonoTime Next(MonoTime now)
    {
        if (!IsLimited) { return now; }
        _leftMs = Math.Min(BurstMs * _share, _leftMs + (now.Since(_at) * _share));
        _at = now;
        return _leftMs > 0 ? now : now.Plus((long)Math.Ceiling(-_leftMs / _share) + 1);
    }
}
