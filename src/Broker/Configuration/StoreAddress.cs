namespace MoshBroker.Configuration;

/// <summary>One <c>--store</c>: where session rows live.</summary>
internal abstract record StoreAddress
{
    /// <summary>A file on this machine; absolute.</summary>
    internal sealed record Sqlite(string File) : StoreAddress
    {
        public override string ToString() => $"sqlite:{File}";
    }

    /// <summary>A PostgreSQL database. Prints itself without the password.</summary>
    /// <param name="ConnectionString">As Npgsql takes it.</param>
    internal sealed record Postgres(string ConnectionString) : StoreAddress
    {
        /// <summary>Where it is, for people: <c>postgres://user@host:port/database</c>.</summary>
        public override string ToString()
        {
            Npgsql.NpgsqlConnectionStringBuilder parts = new(ConnectionString);
            if (parts.Host?.StartsWith('/') == true) { return $"postgres:///{parts.Database ?? parts.Username}?host={parts.Host}{(parts.Username is { Length: > 0 } account ? $"&user={account}" : "")}"; }
            string user = parts.Username is { Length: > 0 } name ? $"{name}@" : "";
            return $"postgres://{user}{parts.Host}:{parts.Port}/{parts.Database ?? parts.Username}";
        }
    }
}
