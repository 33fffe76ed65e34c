using System.Buffers;
using MoshBroker.Actors;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>
/// A channel whose client was not there when it ended: its port stays, and whoever comes back with its key is told, authentically, that it is over.
/// Belongs to the loop of its session; <see cref="GiveUpAsync"/> may be called from any thread.
/// </summary>
internal sealed class EndedChannel : IDatagramHandler, IScheduled, IDisposable
{
    private readonly ISessionHost _host;
    private readonly Tombstone _tombstone;
    private readonly IUdpEndpoint _endpoint;
    private readonly ProvenSources _proven;
    private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes the tombstone over and begins to receive; on the loop's thread.</summary>
    public EndedChannel(EndedChannelName name, MonoTime endedAt, ISessionHost host, Tombstone tombstone, Func<IDatagramHandler, IUdpEndpoint> open)
    {
        (Name, EndedAt, _host, _tombstone) = (name, endedAt, host, tombstone);
        _proven = new ProvenSources(host.Metrics, places: 1);
        _endpoint = open(this);
    }

    public EndedChannelName Name { get; }

    public string Session => Name.Session;

    public MonoTime EndedAt { get; }

    public int Port => _endpoint.Port;

    /// <summary>True when the port is this channel's alone.</summary>
    public bool HoldsPort => !_endpoint.IsProven;

    /// <summary>Datagrams that the kernel dropped on its socket, also before the end; from any thread.</summary>
    public uint KernelDrops => _endpoint.KernelDrops;

    /// <summary>One more than the highest number of the client's.</summary>
    public ulong NextExpectedSequence => _tombstone.NextExpectedSequence;

    public ulong BlocksSealed => _tombstone.BlocksSealed;

    public void OnDatagram(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        BrokerMetrics metrics = _host.Metrics;
        // Whoever it is waited for was at such an address, and is let in.
        bool isRecent = metrics.RecentPeers.Contains(now, path.Peer.Ip);
        if (HoldsPort && !isRecent && metrics.Lookout.TurnsAway(now, path.Peer, Port, datagram.Length)) { return; }
        ArrayBufferWriter<byte> answer = _host.SendBuffer;
        answer.ResetWrittenCount();
        bool isAnswered = _tombstone.TryAnswer(now, datagram, answer, out DatagramVerdict verdict);
        metrics.Received(path.Peer.IsIPv4, datagram.Length);
        metrics.Dropped(verdict.Reason);
        if (verdict.IsAuthentic) { _proven.Note(path); }
        else { metrics.Lookout.Dropped(path.Peer, Port, verdict.Reason); }
        if (verdict.Reason == DropReason.AuthFailed) { metrics.Lookout.AuthFailed(path.Peer, isRecent ? PeerClass.Recent : PeerClass.Unknown, Name.Session); }
        if (isAnswered) { _proven.Send(_endpoint, path, answer.WrittenSpan); }
        answer.ResetWrittenCount();
    }

    public void OnOversize() => _host.Metrics.Dropped(DropReason.Oversize);

    public void OnBatchEnd(MonoTime now)
    {
    }

    public void OnFault(Exception failure) => Dispose();

    /// <summary>Closes the socket and wipes the key, on the loop; completes when the port is free.</summary>
    public Task GiveUpAsync()
    {
        _host.Dispatcher.Schedule(this);
        return _given.Task;
    }

    public void Run(MonoTime now) => Dispose();

    public void OnTimer(MonoTime now)
    {
    }

    /// <summary>On the loop's thread, or when it has ended.</summary>
    public void Dispose()
    {
        if (_given.Task.IsCompleted) { return; }
        _host.Metrics.SocketClosed(_endpoint.KernelDrops);
        _endpoint.Dispose();
        _tombstone.Dispose();
        _given.TrySetResult();
    }
}
