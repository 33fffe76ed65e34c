using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>Opens whichever store was asked for.</summary>
internal static class StoreOpening
{
    /// <summary>The store, brought up to date.</summary>
    /// <exception cref="StartRefusedException">It cannot be used, and why.</exception>
    public static async Task<SqlStore> OpenAsync(ServeOptions options, MasterKeys master, TimeProvider time) => options.Store switch
    {
        StoreAddress.Sqlite sqlite => SqliteStore.Open(sqlite.File, time),
        StoreAddress.Postgres postgres => await PostgresStore.OpenAsync(postgres, options.Node, master),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
