using MoshBroker.Client.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Client.Ways;

/// <summary>All ways to the server: UDP, and ssh while that does not answer.</summary>
internal sealed class ServerWays : IDisposable
{
    private readonly FallbackPlan? _plan;
    private readonly IReadOnlyList<string> _streamWords;
    private readonly IReadOnlyList<string> _environment;
    private SshStream? _stream;
    private bool _triesUdp;

    /// <param name="now">The begin of the session.</param>
    /// <param name="udp">Taken over.</param>
    /// <param name="fallback">How to reach the server through ssh; null for not at all.</param>
    public ServerWays(MonoTime now, UdpWays udp, StreamFallback? fallback)
    {
        Udp = udp;
        _plan = fallback is null ? null : new FallbackPlan(now, fallback.IsAlways);
        _streamWords = fallback?.Words ?? [];
        _environment = fallback?.Environment ?? [];
    }

    public UdpWays Udp { get; }

    /// <summary>Datagrams that come through ssh; null while there is none.</summary>
    public SshStream? Stream => _stream;

    /// <summary>True while datagrams go through ssh.</summary>
    public bool UsesStream => _plan is { UsesStream: true };

    /// <summary>Set when the way has changed, until it was told.</summary>
    public bool HasChanged { get; set; }

    public MonoTime NextStep => _plan?.NextStep ?? MonoTime.Forever;

    /// <summary>0, or an errno.</summary>
    public int Send(MonoTime now, ReadOnlySpan<byte> datagram)
    {
        if (!UsesStream || _stream is null) { return Udp.Send(now, datagram); }
        if (_triesUdp)
        {
            // The same bytes, and first: where UDP gets through it is faster, and the broker answers where the first came from.
            _triesUdp = false;
            _ = Udp.Send(now, datagram);
        }

        _stream.Send(datagram);
        return 0;
    }

    /// <summary>After each send.</summary>
    public void AfterSend(MonoTime now, MonoTime lastRoundTrip)
    {
        if (!UsesStream) { Udp.AfterSend(now, lastRoundTrip); }
    }

    /// <summary>An authentic datagram came by one of UDP's sockets.</summary>
    /// <param name="now">The present.</param>
    /// <param name="place">Which.</param>
    /// <param name="lastRoundTrip">When that was sent which the server answered last.</param>
    public void OnUdpHeard(MonoTime now, int place, MonoTime lastRoundTrip)
    {
        _ = Udp.OnHeard(now, place);
        if (now.Since(lastRoundTrip) <= UdpWays.UnansweredAfter) { _plan?.OnUdpHeard(now); }
    }

    /// <summary>Does what is due.</summary>
    public void Step(MonoTime now)
    {
        if (_plan is null) { return; }
        if (_stream is { IsGone: true }) { End(now); }
        bool used = _plan.UsesStream;
        FallbackStep step = _plan.Step(now);
        if (step == FallbackStep.Start) { Start(now); }
        else if (step == FallbackStep.Stop) { End(now); }
        _triesUdp |= step == FallbackStep.Probe;
        HasChanged |= _plan.UsesStream != used;
    }

    /// <summary>Takes what ssh has brought, but for datagrams.</summary>
    public void Fill(MonoTime now)
    {
        if (_stream is not { } stream) { return; }
        bool wasReady = stream.IsReady;
        stream.Fill();
        if (stream.IsReady && !wasReady) { _plan!.OnReady(now); }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        Udp.Dispose();
    }

    private void Start(MonoTime now)
    {
        _stream = SshStream.TryStart(_streamWords, _environment);
        if (_stream is null) { _plan!.OnEnded(now); }
        else { _plan!.OnStarted(); }
    }

    private void End(MonoTime now)
    {
        _stream?.Dispose();
        _stream = null;
        _plan!.OnEnded(now);
    }
}
