using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Telemetry;

/// <summary>The numbers that the dashboard draws.</summary>
internal sealed partial class BrokerMetrics
{
    public const int EchoBuckets = 10;
    public const int RttBuckets = 11;

    /// <summary>Upper bounds of the echo's buckets in milliseconds, but for the last, which has none.</summary>
    public static ReadOnlySpan<double> EchoBounds => [1, 5, 10, 25, 50, 100, 200, 500, 1000];

    public static ReadOnlySpan<double> RttBounds => [5, 10, 25, 50, 100, 200, 400, 800, 1600, 5000];

    /// <summary>A tenant's counts so far; <see cref="MetricRegistry.Collect"/> first, for the gauges.</summary>
    public TenantPulse ReadTenantPulse(int tenant)
    {
        TenantPulse pulse = new()
        {
            Attached = (long)_sessions.Read((int)SessionState.Attached, tenant),
            Silent = (long)_sessions.Read((int)SessionState.Silent, tenant),
            Lost = (long)_sessions.Read((int)SessionState.Lost, tenant),
            Expected = _uplinkExpected.Read(0, tenant),
            LostUp = _uplinkLost.Read(0, tenant),
            Frames = _frames.Read(0, tenant),
            Again = _framesAgain.Read(0, tenant),
        };
        for (int state = 0; state < _sessions.Slots; state++) { pulse.Other += (long)_sessions.Read(state, tenant); }
        pulse.Other -= pulse.Attached + pulse.Silent + pulse.Lost;
        for (int kind = 0; kind < _roams.Slots; kind++) { pulse.Roams += _roams.Read(kind, tenant); }
        for (int backend = 0; backend < _echo.Slots; backend++) { _echo.AddTo(pulse.Echo, backend, tenant); }
        _rtt.AddTo(pulse.Rtt, 0, tenant);
        return pulse;
    }

    public NodePulse ReadNodePulse()
    {
        NodePulse pulse = new()
        {
            Prefixes = (long)_failingPrefixes.Read(),
            Tripped = _tripped.Read(),
            NonceReuse = _nonceReuse.Read(),
            Unauthenticated = _unauthenticated.Read(),
        };
        for (int i = 0; i < _authFailures.Slots; i++) { pulse.AuthFailures += _authFailures.Read(i); }
        for (int i = 0; i < _dropped.Slots; i++) { pulse.Drops += _dropped.Read(i); }
        for (int i = 0; i < _datagrams.Slots; i++) { pulse.Datagrams += _datagrams.Read(i); }
        return pulse;
    }

    /// <summary>Datagrams dropped so far, by why; only reasons that occurred.</summary>
    public IReadOnlyDictionary<string, long> ReadDrops()
    {
        Dictionary<string, long> drops = new(StringComparer.Ordinal);
        IReadOnlyList<string> reasons = _dropped.Definition.Labels[0].Values;
        for (int i = 0; i < reasons.Count; i++)
        {
            if (_dropped.Read(i) is > 0 and long count) { drops[reasons[i]] = count; }
        }

        return drops;
    }
}
