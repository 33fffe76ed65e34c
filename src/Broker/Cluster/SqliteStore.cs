using Dapper;
using Microsoft.Data.Sqlite;
using MoshBroker.Cluster.Coordination;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>The embedded store: one SQLite file in WAL mode, synced at every commit.</summary>
internal sealed class SqliteStore : SqlStore
{
    /// <summary>A disk that was full for a moment is nobody's business.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private SqliteStore(SqliteEngine engine, StoreRetention retention, LeaseTerms terms)
        : base(engine, Grace, retention, terms)
    {
    }

    /// <summary>Opens the store, made when there is none, and brings its schema up to date.</summary>
    /// <exception cref="StartRefusedException">In use by another broker, damaged, from a newer one, or not to be written.</exception>
    public static SqliteStore Open(string file, TimeProvider clock, StoreRetention? retention = null, LeaseTerms? terms = null)
    {
        MakePrivate(file);
        FileLock @lock = FileLock.Take(file + ".lock", $"store {file}", "stop that one, or name another file by --store");
        SqliteConnection? writing = null;
        try
        {
            writing = Connect(file, SqliteOpenMode.ReadWrite);
            Prepare(writing, file);
            SqliteEngine engine = new(file, @lock, writing, Connect(file, SqliteOpenMode.ReadOnly), clock);
            return new SqliteStore(engine, retention ?? StoreRetention.Default, terms ?? new LeaseTerms());
        }
        catch (Exception e)
        {
            writing?.Dispose();
            @lock.Dispose();
            if (e is SqliteException s) { throw new StartRefusedException(SqliteErrors.Describe(file, s), s); }
            throw;
        }
    }

    // SQLite gives its companions (-wal, -shm) the mode of the file itself, and would make that by the umask.
    private static void MakePrivate(string file)
    {
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using FileStream stream = new(file, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"store {file}: {OneLine.Of(e)}: let the broker's user read and write it and its folder, or name another by --store", e);
        }
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        SqliteConnectionStringBuilder builder = new() { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5, ForeignKeys = true };
        SqliteConnection connection = new(builder.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Prepare(SqliteConnection connection, string file)
    {
        // Full: a commit that a power cut takes back could hand out an epoch twice. Secure delete: ended keys leave no trace in free pages.
        string? mode = connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
        if (mode != "wal")
        {
            throw new StartRefusedException($"store {file}: its file system cannot hold a write-ahead log: name a file on a local disk by --store");
        }

        SqliteSchema.Migrate(connection, file);
        if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") != "ok")
        {
            throw new StartRefusedException($"store {file} is damaged: restore it from a backup, or move it away to start with an empty one");
        }
    }
}
