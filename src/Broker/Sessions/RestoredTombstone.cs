using MoshBroker.Actors;
using MoshBroker.Cluster;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Sessions;

/// <summary>Puts up, on a loop, the tombstone of a channel that another process ended.</summary>
internal sealed class RestoredTombstone(TombstoneRow row, MonoTime endedAt, ChannelSeed seed, ISessionHost host, Action<EndedChannel> restored) : IScheduled
{
    public void Run(MonoTime now)
    {
        try
        {
            PutUp();
        }
        catch (IOException)
        {
            // A descriptor that cannot be watched: this client is not told.
            seed.Dispose();
        }
    }

    public void OnTimer(MonoTime now)
    {
    }

    private void PutUp()
    {
        Tombstone tombstone = new(seed.Key, (ulong)seed.Epoch, row.Remains.NextExpected, row.Remains.Blocks, host.Scratch);
        seed.Key.Dispose();
        restored(new EndedChannel(new EndedChannelName(row.SessionId, row.Remains.Id), endedAt, host, tombstone, handler => host.OpenEndpoint(seed, handler)));
    }
}
