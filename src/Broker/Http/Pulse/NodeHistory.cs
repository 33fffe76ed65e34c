using MoshBroker.Telemetry;

namespace MoshBroker.Http.Pulse;

/// <summary>What the node's own charts show, second by second.</summary>
internal sealed class NodeHistory
{
    public static readonly string[] Names = ["authFailures", "drops", "datagrams", "prefixes", "tripped"];

    private NodePulse _last;
    private bool _isFirst = true;

    public PulseSeries Series { get; } = new(Names.Length);

    public void Add(NodePulse now)
    {
        NodePulse last = _isFirst ? now : _last;
        _isFirst = false;
        Series.Add([now.AuthFailures - last.AuthFailures, now.Drops - last.Drops, now.Datagrams - last.Datagrams, now.Prefixes, now.Tripped - last.Tripped]);
        _last = now;
    }
}
