using Dapper;
using MoshBroker.Configuration;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>Holds every node to the same master keys: their fingerprints stand in the store.</summary>
internal static class PostgresKeys
{
    /// <summary>Compares, and adds those that the store has not seen yet.</summary>
    /// <exception cref="StartRefusedException">A key is another one, or is not here.</exception>
    public static void RequireSame(NpgsqlConnection connection, StoreAddress.Postgres at, MasterKeys master)
    {
        const string Cure = $"give this node the cluster's master keys, by {MasterKey.PathVariable}";
        foreach ((int version, byte[] fingerprint) in connection.Query<(int, byte[])>("SELECT version, fingerprint FROM master_key ORDER BY version"))
        {
            if (!master.Knows((byte)version)) { throw new StartRefusedException($"store {at} has secrets sealed under master key version {version}, which this node does not have: {Cure}"); }
            if (!fingerprint.AsSpan().SequenceEqual(master.Fingerprint((byte)version)))
            {
                throw new StartRefusedException($"store {at} was sealed under another master key than this node's version {version}: {Cure}");
            }
        }

        foreach (byte version in master.Versions.Where(version => version <= master.Current))
        {
            // Of two nodes that start at once with different keys the second one finds the first one's.
            connection.Execute("INSERT INTO master_key VALUES (@version, @fingerprint) ON CONFLICT DO NOTHING", new { version = (int)version, fingerprint = master.Fingerprint(version) });
            byte[] stored = connection.QuerySingle<byte[]>("SELECT fingerprint FROM master_key WHERE version = @version", new { version = (int)version });
            if (!stored.AsSpan().SequenceEqual(master.Fingerprint(version))) { throw new StartRefusedException($"store {at} was sealed under another master key than this node's version {version}: {Cure}"); }
        }
    }

    /// <summary>Forgets the keys before <paramref name="current"/>, under which nothing is sealed any more.</summary>
    public static void Forget(StoreTransaction transaction, byte current) =>
        transaction.Execute("DELETE FROM master_key WHERE version < @current", new { current = (int)current });
}
