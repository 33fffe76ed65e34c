using System.Buffers;
using System.Globalization;
using System.Text;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Telemetry;

namespace MoshBroker.Http.Pulse;

/// <summary>The last hour of this node and of each tenant, a sample a second: what the charts draw, however late somebody looks.</summary>
/// <remarks>About 170 kB a tenant, for as many tenants as have metrics of their own.</remarks>
internal sealed class PulseHistory(BrokerMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<TenantHistory> _tenants = [];
    private readonly NodeHistory _node = new();
    private long _newest;

    /// <summary>Seconds since 1970 of the newest sample; 0 before the first.</summary>
    public long Newest => Volatile.Read(ref _newest);

    /// <summary>Takes a sample.</summary>
    public void Sample()
    {
        metrics.Registry.Collect();
        lock (_lock)
        {
            int tenants = metrics.Registry.Tenants.Names.Count;
            while (_tenants.Count < tenants) { _tenants.Add(new TenantHistory()); }
            for (int tenant = 0; tenant < tenants; tenant++) { _tenants[tenant].Add(metrics.ReadTenantPulse(tenant)); }
            _node.Add(metrics.ReadNodePulse());
            Volatile.Write(ref _newest, time.GetUtcNow().ToUnixTimeSeconds());
        }
    }

    /// <summary>Writes the last so many seconds that a principal may see, as JSON: a column of numbers for each name, the oldest first; null where there is none.</summary>
    public void Write(IBufferWriter<byte> json, Principal principal, int seconds)
    {
        lock (_lock)
        {
            IReadOnlyList<string> names = metrics.Registry.Tenants.Names;
            List<TenantHistory> seen = [];
            for (int tenant = 0; tenant < _tenants.Count; tenant++)
            {
                if (principal.SeesAll || principal.Sees(names[tenant])) { seen.Add(_tenants[tenant]); }
            }

            int count = Math.Min(seconds, _node.Series.Count);
            Text(json, $$"""{"newest":{{_newest}},"count":{{count}},"rtt":[{{string.Join(',', SumRtt(seen))}}]""");
            for (int column = 0; column < TenantHistory.Names.Length; column++)
            {
                Text(json, $",\"{TenantHistory.Names[column]}\":[");
                for (int ago = count - 1; ago >= 0; ago--) { Number(json, Combine(seen, ago, column), ago > 0); }
                json.Write("]"u8);
            }

            for (int column = 0; principal.SeesAll && column < NodeHistory.Names.Length; column++)
            {
                Text(json, $",\"{NodeHistory.Names[column]}\":[");
                for (int ago = count - 1; ago >= 0; ago--) { Number(json, _node.Series.At(ago, column), ago > 0); }
                json.Write("]"u8);
            }

            json.Write("}"u8);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            do { Sample(); }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    private static IEnumerable<long> SumRtt(List<TenantHistory> tenants) =>
        Enumerable.Range(0, BrokerMetrics.RttBuckets).Select(bucket => tenants.Sum(tenant => tenant.Rtt[bucket]));

    /// <summary>Counts add up; of percentiles and shares the worst tenant's is what there is to worry about.</summary>
    private static float Combine(List<TenantHistory> tenants, int ago, int column)
    {
        bool isCount = column is < 4 or 11;
        float combined = float.NaN;
        foreach (TenantHistory tenant in tenants)
        {
            float value = tenant.Series.At(ago, column);
            if (float.IsNaN(value)) { continue; }
            combined = float.IsNaN(combined) ? value : isCount ? combined + value : Math.Max(combined, value);
        }

        return combined;
    }

    private static void Text(IBufferWriter<byte> json, string text) => Encoding.ASCII.GetBytes(text, json);

    private static void Number(IBufferWriter<byte> json, float value, bool goesOn)
    {
        if (float.IsNaN(value)) { json.Write("null"u8); }
        else
        {
            Span<byte> at = json.GetSpan(32);
            _ = value.TryFormat(at, out int written, value == Math.Truncate(value) ? "0" : "0.##", CultureInfo.InvariantCulture);
            json.Advance(written);
        }

        if (goesOn) { json.Write(","u8); }
    }
}
