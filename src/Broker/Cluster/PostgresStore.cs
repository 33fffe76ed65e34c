using MoshBroker.Cluster.Coordination;
using MoshBroker.Configuration;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>The store that nodes have in common: PostgreSQL.</summary>
internal sealed class PostgresStore : SqlStore
{
    private PostgresStore(PostgresEngine engine, string node, StoreRetention retention, LeaseTerms terms)
        : base(engine, TimeSpan.FromMilliseconds(terms.StoreGrace), retention, terms) => AuditNode = node;

    /// <summary>Opens the store, and makes or migrates its tables.</summary>
    /// <param name="at">Where it is.</param>
    /// <param name="node">This node's name.</param>
    /// <param name="master">The cluster's key, which must be the one that the store's secrets are sealed under.</param>
    /// <param name="clock">Null for the store's own, which all nodes have in common; tests bring one that they can set.</param>
    /// <param name="retention">How long ended sessions stay.</param>
    /// <param name="terms">Of leases.</param>
    /// <exception cref="StartRefusedException">Not reached, not let in, without rights, from a newer broker, unsafe, or under another master key.</exception>
    public static async Task<PostgresStore> OpenAsync(
        StoreAddress.Postgres at, string node, MasterKeys master, TimeProvider? clock = null, StoreRetention? retention = null, LeaseTerms? terms = null)
    {
        PostgresEngine engine = new(at, node, clock);
        try
        {
            await Task.Run(() =>
            {
                using NpgsqlConnection connection = engine.Connect();
                PostgresSchema.Migrate(connection, at);
                PostgresKeys.RequireSame(connection, at, master);
            });
            return new PostgresStore(engine, node, retention ?? StoreRetention.Default, terms ?? new LeaseTerms());
        }
        catch (Exception e)
        {
            await engine.DisposeAsync();
            throw e switch
            {
                StoreUnavailableException => new StartRefusedException(e.Message, e),
                NpgsqlException or TimeoutException or IOException => new StartRefusedException(PostgresErrors.Describe(at, e), e),
                _ => e,
            };
        }
    }

    private protected override void ForgetKeys(StoreTransaction transaction, byte current) => PostgresKeys.Forget(transaction, current);
}
