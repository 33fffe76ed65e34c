using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Telemetry;

/// <summary>How much of what a terminal's limits cut short has been passed on to the metrics.</summary>
internal struct GuardReport
{
    private ulong _total;
    private ulong _repeat;
    private ulong _osc;
    private ulong _combining;
    private ulong _bytes;

    public void Report(TerminalGuards guards, BrokerMetrics metrics)
    {
        if (guards.Total == _total) { return; }
        _total = guards.Total;
        Pass(ParserGuard.Repeat, guards.Repeat, ref _repeat, metrics);
        Pass(ParserGuard.Osc, guards.Osc, ref _osc, metrics);
        Pass(ParserGuard.Combining, guards.Combining, ref _combining, metrics);
        Pass(ParserGuard.Bytes, guards.Bytes, ref _bytes, metrics);
    }

    private static void Pass(ParserGuard guard, ulong count, ref ulong told, BrokerMetrics metrics)
    {
        if (count == told) { return; }
        metrics.ParserGuardFired(guard, (long)(count - told));
        told = count;
    }
}
