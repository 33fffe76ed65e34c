using Dapper;
using MoshBroker.Configuration;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>The shared store's tables, by version. A version, once released, is never edited; the next one is added after it.</summary>
/// <remarks>
/// Nodes of two builds run beside each other, and a roll-out is rolled back: so a version only adds to the one before, and says which builds still work with it
/// (<c>works_from</c>). A build that is older than that is refused.
/// </remarks>
internal static class PostgresSchema
{
    /// <summary>Everybody's, so that two brokers that start at once make the tables once.</summary>
    private const long LockNumber = 0x6d627374;

    private static readonly (int WorksFrom, string Sql)[] Migrations =
    [
        (1, """
        CREATE TABLE session (
          id text NOT NULL PRIMARY KEY,
          created_ms bigint NOT NULL,
          owner_uid bigint NOT NULL,
          node text NOT NULL,
          incarnation bigint NOT NULL DEFAULT 0,
          epoch bigint NOT NULL,
          command text NOT NULL,
          tenant text NOT NULL DEFAULT '',
          user_name text NOT NULL DEFAULT '',
          target text,
          can_move boolean NOT NULL DEFAULT false,
          end_reason text,
          ended_ms bigint,
          CHECK ((end_reason IS NULL) = (ended_ms IS NULL))
        );
        CREATE INDEX session_by_end ON session (ended_ms) WHERE ended_ms IS NOT NULL;
        CREATE INDEX session_by_owner ON session (node, incarnation) WHERE ended_ms IS NULL;
        CREATE TABLE channel (
          session_id text NOT NULL REFERENCES session (id) ON DELETE CASCADE,
          id integer NOT NULL,
          port integer NOT NULL,
          epoch bigint NOT NULL,
          sealed_key bytea NOT NULL,
          sealed_epoch bigint NOT NULL,
          blocks bigint NOT NULL DEFAULT 0,
          ended_ms bigint,
          PRIMARY KEY (session_id, id)
        );
        CREATE TABLE tombstone (
          session_id text NOT NULL,
          channel_id integer NOT NULL,
          node text NOT NULL,
          port integer NOT NULL,
          epoch bigint NOT NULL,
          sealed_key bytea NOT NULL,
          sealed_epoch bigint NOT NULL,
          next_expected bigint NOT NULL,
          blocks bigint NOT NULL,
          ended_ms bigint NOT NULL,
          PRIMARY KEY (session_id, channel_id)
        );
        CREATE TABLE screen (
          session_id text NOT NULL PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
          epoch bigint NOT NULL,
          saved_ms bigint NOT NULL,
          sealed bytea NOT NULL
        );
        ALTER TABLE screen ALTER COLUMN sealed SET STORAGE EXTERNAL;
        CREATE TABLE node (
          name text NOT NULL,
          incarnation bigint NOT NULL,
          instance text NOT NULL,
          relay_address text NOT NULL,
          client_address text NOT NULL,
          public_key bytea NOT NULL,
          build text NOT NULL,
          relay_version integer NOT NULL,
          snapshot_version integer NOT NULL,
          capacity integer NOT NULL,
          sessions integer NOT NULL,
          member_since_ms bigint NOT NULL,
          renewed_ms bigint NOT NULL,
          lease_end_ms bigint NOT NULL,
          is_draining boolean NOT NULL,
          is_superseded boolean NOT NULL,
          PRIMARY KEY (name, incarnation)
        ) WITH (fillfactor = 50);
        CREATE TABLE audit (
          node text NOT NULL,
          number bigint NOT NULL,
          at_ms bigint NOT NULL,
          name text NOT NULL,
          tenant text,
          "user" text,
          session text,
          line text NOT NULL,
          hash bytea NOT NULL,
          PRIMARY KEY (node, number)
        );
        CREATE INDEX audit_by_time ON audit (at_ms);
        CREATE INDEX audit_by_session ON audit (session) WHERE session IS NOT NULL;
        CREATE TABLE master_key (version integer NOT NULL PRIMARY KEY, fingerprint bytea NOT NULL);
        """),
    ];

    public static int Latest => Migrations.Length;

    /// <summary>Brings a store to <see cref="Latest"/>, in one transaction, or leaves one of the next build as it is.</summary>
    /// <exception cref="StartRefusedException">It is from a newer broker that this one cannot work beside, or not a store.</exception>
    public static void Migrate(NpgsqlConnection connection, StoreAddress.Postgres at)
    {
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        connection.Execute("SELECT pg_advisory_xact_lock(@LockNumber)", new { LockNumber });
        if (connection.ExecuteScalar<bool>("SELECT to_regclass('cluster') IS NULL"))
        {
            if (connection.ExecuteScalar<bool>("SELECT to_regclass('session') IS NOT NULL"))
            {
                throw new StartRefusedException($"store {at} has another program's tables in it: give the broker a database, or a schema by Search Path, of its own");
            }

            connection.Execute(
                """
                CREATE TABLE cluster (id integer NOT NULL PRIMARY KEY CHECK (id = 1), version integer NOT NULL, works_from integer NOT NULL);
                INSERT INTO cluster VALUES (1, 0, 0);
                """);
        }

        (int version, int worksFrom) = connection.QuerySingle<(int, int)>("SELECT version, works_from FROM cluster WHERE id = 1");
        if (worksFrom > Latest)
        {
            throw new StartRefusedException(
                $"store {at} has schema version {version}, which works with brokers that know version {worksFrom}, and this one knows {Latest}: start a newer broker, or name another store by --store");
        }

        if (version >= Latest) { return; }
        for (int next = version; next < Latest; next++)
        {
            connection.Execute(Migrations[next].Sql);
            connection.Execute("UPDATE cluster SET version = @version, works_from = @WorksFrom", new { version = next + 1, Migrations[next].WorksFrom });
        }

        transaction.Commit();
    }
}
