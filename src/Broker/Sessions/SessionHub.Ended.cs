using System.Net;
using System.Security.Cryptography;
using MoshBroker.Cluster;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.FrontDoor;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Survival;

namespace MoshBroker.Sessions;

/// <summary>Channels that ended while their clients were away.</summary>
internal sealed partial class SessionHub
{
    private const int TwinTries = 10;
    private const int PortsPerFreePort = 10; // When fewer than one in so many is free, the oldest tombstone gives its port up.

    private static readonly TimeSpan TwinGone = TimeSpan.FromMilliseconds(20);

    /// <summary>How many tombstones there are.</summary>
    public int Tombstones => _ended.Count;

    public void OnBuried(SessionActor session, EndedChannel ended)
    {
        if (_stopping)
        {
            // The store has it by then, and the next process puts it up.
            ended.Dispose();
            return;
        }

        _ended.Add(ended);
        if (!session.Stats.HasEnded) { _ = KeepAsync(session, [new ChannelRemains(ended.Name.Channel, ended.NextExpectedSequence, ended.BlocksSealed)]); }
    }

    /// <summary>Puts the tombstones up again that processes before this one left.</summary>
    private async Task RestoreTombstonesAsync(CancellationToken cancellation)
    {
        DateTimeOffset wall = _time.GetUtcNow();
        MonoTime now = _clock.Now();
        IReadOnlyList<TombstoneRow> rows = await _store.TakeTombstonesAsync(
            _settings.Node, wall.AddMilliseconds(-EndedChannels.KeptMs), _settings.Capacity.Tombstones, cancellation);
        byte[] key = GC.AllocateUninitializedArray<byte>(SessionKey.Length, pinned: true);
        int worker = 0;
        foreach (TombstoneRow row in rows)
        {
            bool isOpen = _sealer.TryOpen(new SealContext(row.SessionId, row.Remains.Id, row.SealedEpoch), row.SealedKey, key);
            if (!isOpen || HoldAgain(row) is not { } place)
            {
                ForgetEnded(new EndedChannelName(row.SessionId, row.Remains.Id));
                continue;
            }

            worker = (worker + 1) % _workers.Length;
            ChannelSeed seed = place.TakeEnded(row.Remains.Id, row.Epoch, new SessionKey(key), worker, row.Remains.NextExpected);
            MonoTime endedAt = now.Plus(-(long)(wall - row.EndedAt).TotalMilliseconds);
            _workers[worker].Loop.Schedule(new RestoredTombstone(row, endedAt, seed, _workers[worker], _ended.Add));
        }

        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>What is known of a channel that nobody could go on with: nobody wrote its client's numbers down, and an old datagram, sent again, draws an answer of its size.</summary>
    private static ChannelRemains RemainsOf(ChannelRow channel) => new(channel.Id, 0, (ulong)channel.BlocksEncrypted);

    private ChannelPlace? HoldAgain(TombstoneRow row)
    {
        string name = Channel.SocketName(row.Remains.Id);
        if (TakeLeft(row.SessionId, name) is not { } socket) { return _ports.TryHoldAgain(row.Port); }
        _settings.FdStore?.Put(Lifeline.NameOf(row.SessionId, name), socket);
        return new ChannelPlace(socket, row.Port);
    }

    private void ForgetEnded(EndedChannelName name) => _ = TryStoreAsync(name.Session, () => _store.ForgetTombstoneAsync(name.Session, name.Channel, CancellationToken.None));

    private Task KeepAsync(SessionActor session, IReadOnlyList<ChannelRemains> channels) =>
        TryStoreAsync(session.Facts.Id, () => _store.KeepTombstonesAsync(session.Facts.Id, session.HeldEpoch, channels, CancellationToken.None));

    private async Task TryStoreAsync(string session, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (StoreUnavailableException failure)
        {
            _log.StoreMissedEnd(session, failure);
        }
    }

    /// <summary>Holds a port for a new channel; tombstones make room where there is too little.</summary>
    private async Task<(ChannelPlace? Place, OpenAnswer.Refused? Refused)> HoldPortAsync(
        IPAddress? bind, UdpPortRange? within, IReadOnlyList<PortSource> granted, List<string> warnings)
    {
        while (_ended.PortsHeld is > 0 and int held && FreePorts(held) * PortsPerFreePort < _ports.OwnPorts && _ended.TryGiveUpOldest(static ended => ended.HoldsPort, out Task given)) { await given; }

        int tries = 0;
        while (true)
        {
            int before = warnings.Count;
            ChannelPlace? place = _ports.TryHold(bind, within, granted, warnings, out OpenAnswer.Refused? refused);
            if (place is null && tries-- > 0)
            {
                // The fd store's twin of the socket goes a moment later.
                warnings.RemoveRange(before, warnings.Count - before);
                await Task.Delay(TwinGone);
                continue;
            }

            if (place is not null || !_ended.TryGiveUpOldest(ended => ended.HoldsPort && IsAsked(ended.Port, within, granted), out Task freed)) { return (place, refused); }
            warnings.RemoveRange(before, warnings.Count - before);
            await freed;
            tries = TwinTries;
        }
    }

    private int FreePorts(int held) => _ports.OwnPorts - held - _sessions.Values.Sum(static entry => entry.Actor.Channels.Count);

    private static bool IsAsked(int port, UdpPortRange? within, IReadOnlyList<PortSource> granted) =>
        (within is not { } asked || (port >= asked.Low && port <= asked.High))
        && (granted.Count == 0 || granted.OfType<PortSource.Range>().Any(range => port >= range.Low && port <= range.High));
}
