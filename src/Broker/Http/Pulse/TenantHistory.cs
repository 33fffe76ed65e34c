using MoshBroker.Telemetry;

namespace MoshBroker.Http.Pulse;

/// <summary>What one tenant's charts show, second by second.</summary>
internal sealed class TenantHistory
{
    public static readonly string[] Names = ["attached", "silent", "lost", "other", "echo50", "echo95", "echo99", "rtt50", "rtt95", "lossUp", "again", "roams"];

    /// <summary>Percentiles and shares are of so many seconds: of one they would only flicker.</summary>
    private const int Window = 10;

    private readonly Queue<TenantPulse> _window = new();

    public PulseSeries Series { get; } = new(Names.Length);

    /// <summary>Round trips of the window, by bucket.</summary>
    public long[] Rtt { get; } = new long[BrokerMetrics.RttBuckets];

    public void Add(TenantPulse now)
    {
        TenantPulse last = _window.Count > 0 ? _window.Last() : now;
        TenantPulse first = _window.Count > 0 ? _window.Peek() : now;
        Span<long> echo = stackalloc long[BrokerMetrics.EchoBuckets];
        for (int i = 0; i < echo.Length; i++) { echo[i] = now.Echo[i] - first.Echo[i]; }
        for (int i = 0; i < Rtt.Length; i++) { Rtt[i] = now.Rtt[i] - first.Rtt[i]; }
        Series.Add([
            now.Attached, now.Silent, now.Lost, now.Other,
            Percentile.Of(echo, BrokerMetrics.EchoBounds, 0.5), Percentile.Of(echo, BrokerMetrics.EchoBounds, 0.95), Percentile.Of(echo, BrokerMetrics.EchoBounds, 0.99),
            Percentile.Of(Rtt, BrokerMetrics.RttBounds, 0.5), Percentile.Of(Rtt, BrokerMetrics.RttBounds, 0.95),
            Share(now.LostUp - first.LostUp, now.Expected - first.Expected), Share(now.Again - first.Again, now.Frames - first.Frames),
            now.Roams - last.Roams,
        ]);
        _window.Enqueue(now);
        if (_window.Count > Window) { _window.Dequeue(); }
    }

    private static float Share(long part, long whole) => whole <= 0 ? float.NaN : (float)Math.Min(100, part * 100.0 / whole);
}
