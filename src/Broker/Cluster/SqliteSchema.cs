using Dapper;
using Microsoft.Data.Sqlite;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>The store's tables, by version. A version, once released, is never edited; the next one is added after it.</summary>
internal static class SqliteSchema
{
    /// <summary>"mbst": tells our stores from other people's SQLite files.</summary>
    private const long ApplicationId = 0x6d627374;

    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE session (
          id TEXT NOT NULL PRIMARY KEY,
          created_ms INTEGER NOT NULL,
          owner_uid INTEGER NOT NULL,
          node TEXT NOT NULL,
          epoch INTEGER NOT NULL,
          command TEXT NOT NULL,
          end_reason TEXT,
          ended_ms INTEGER,
          CHECK ((end_reason IS NULL) = (ended_ms IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX session_by_end ON session (ended_ms) WHERE ended_ms IS NOT NULL;
        CREATE TABLE channel (
          session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
          id INTEGER NOT NULL,
          port INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          sealed_key BLOB NOT NULL,
          sealed_epoch INTEGER NOT NULL,
          blocks INTEGER NOT NULL DEFAULT 0,
          ended_ms INTEGER,
          PRIMARY KEY (session_id, id)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        CREATE TABLE audit (
          number INTEGER NOT NULL PRIMARY KEY,
          at_ms INTEGER NOT NULL,
          name TEXT NOT NULL,
          tenant TEXT,
          user TEXT,
          session TEXT,
          line TEXT NOT NULL,
          hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_time ON audit (at_ms);
        CREATE INDEX audit_by_session ON audit (session) WHERE session IS NOT NULL;
        """,
        """
        CREATE TABLE tombstone (
          session_id TEXT NOT NULL,
          channel_id INTEGER NOT NULL,
          node TEXT NOT NULL,
          port INTEGER NOT NULL,
          epoch INTEGER NOT NULL,
          sealed_key BLOB NOT NULL,
          sealed_epoch INTEGER NOT NULL,
          next_expected INTEGER NOT NULL,
          blocks INTEGER NOT NULL,
          ended_ms INTEGER NOT NULL,
          PRIMARY KEY (session_id, channel_id)
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE session ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN can_move INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE session ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
        ALTER TABLE session ADD COLUMN user_name TEXT NOT NULL DEFAULT '';
        ALTER TABLE session ADD COLUMN target TEXT;
        ALTER TABLE audit ADD COLUMN node TEXT NOT NULL DEFAULT '';
        CREATE TABLE screen (
          session_id TEXT NOT NULL PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
          epoch INTEGER NOT NULL,
          saved_ms INTEGER NOT NULL,
          sealed BLOB NOT NULL
        ) STRICT;
        CREATE TABLE node (
          name TEXT NOT NULL,
          incarnation INTEGER NOT NULL,
          instance TEXT NOT NULL,
          relay_address TEXT NOT NULL,
          client_address TEXT NOT NULL,
          public_key BLOB NOT NULL,
          build TEXT NOT NULL,
          relay_version INTEGER NOT NULL,
          snapshot_version INTEGER NOT NULL,
          capacity INTEGER NOT NULL,
          sessions INTEGER NOT NULL,
          member_since_ms INTEGER NOT NULL,
          renewed_ms INTEGER NOT NULL,
          lease_end_ms INTEGER NOT NULL,
          is_draining INTEGER NOT NULL,
          is_superseded INTEGER NOT NULL,
          PRIMARY KEY (name, incarnation)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE cluster (id INTEGER NOT NULL PRIMARY KEY) STRICT;
        INSERT INTO cluster (id) VALUES (1);
        """,
    ];

    public static int Latest => Migrations.Length;

    /// <summary>Brings a store to <see cref="Latest"/>; in one transaction per version, so that a crash leaves a whole one.</summary>
    /// <exception cref="StartRefusedException">It is from a newer broker, or not a store.</exception>
    public static void Migrate(SqliteConnection connection, string file)
    {
        long version = connection.ExecuteScalar<long>("PRAGMA user_version");
        long application = connection.ExecuteScalar<long>("PRAGMA application_id");
        bool isEmpty = connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !isEmpty)
        {
            throw new StartRefusedException($"store {file} is another program's SQLite file: name a different file by --store");
        }

        if (version > Latest)
        {
            throw new StartRefusedException(
                $"store {file} has schema version {version}, and this broker knows versions up to {Latest}: start the newer broker, or name another file by --store");
        }

        for (long next = version; next < Latest; next++)
        {
            connection.Execute($"BEGIN IMMEDIATE; {Migrations[next]} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {next + 1}; COMMIT;");
        }
    }
}
