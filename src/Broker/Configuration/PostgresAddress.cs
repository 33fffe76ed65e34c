using Npgsql;

namespace MoshBroker.Configuration;

/// <summary>Reads where a PostgreSQL store is: as an address (<c>postgres://user@host:port/database?sslmode=require</c>) or as Npgsql's keys.</summary>
/// <remarks>A password belongs into PGPASSFILE or PGPASSWORD, which Npgsql reads itself: a command line is everybody's to see.</remarks>
internal static class PostgresAddress
{
    private const string Keys = "postgres:";

    /// <summary>Null when it is not one; then <paramref name="fault"/> says why, or is null when it does not look like one.</summary>
    public static StoreAddress.Postgres? TryParse(string text, out string? fault)
    {
        fault = null;
        bool isUri = text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);
        if (!isUri && !text.StartsWith(Keys, StringComparison.Ordinal) && !text.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)) { return null; }
        NpgsqlConnectionStringBuilder? builder;
        try
        {
            builder = isUri ? OfUri(text) : new NpgsqlConnectionStringBuilder(text.StartsWith(Keys, StringComparison.Ordinal) ? text[Keys.Length..] : text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            fault = "not an address of PostgreSQL: write it as postgres://USER@HOST/DATABASE, or postgres:Host=…;Database=…;Username=…";
            return null;
        }

        if (builder?.Host is not { Length: > 0 } host) { fault = "an address of PostgreSQL without a host: write it as postgres://USER@HOST/DATABASE, or with ?host=/run/postgresql"; }
        else if (host.Contains(',', StringComparison.Ordinal)) { fault = "more than one host: name the primary, or an address that follows it"; }
        return fault is null ? new StoreAddress.Postgres(builder!.ConnectionString) : null;
    }

    private static NpgsqlConnectionStringBuilder OfUri(string text)
    {
        Uri uri = new(text.Replace(":///", "://socket/", StringComparison.Ordinal));
        NpgsqlConnectionStringBuilder builder = new() { Host = text.Contains(":///", StringComparison.Ordinal) ? null : uri.IdnHost.Trim('[', ']') };
        if (uri.Port > 0) { builder.Port = uri.Port; }
        if (uri.AbsolutePath is { Length: > 1 } path) { builder.Database = Uri.UnescapeDataString(path[1..]); }
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) { builder.Username = Uri.UnescapeDataString(user[0]); }
        if (user.Length > 1) { builder.Password = Uri.UnescapeDataString(user[1]); }
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            builder[KeyOf(Uri.UnescapeDataString(parts[0]))] = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
        }

        return builder;
    }

    /// <summary>libpq's names, where they are not Npgsql's.</summary>
    private static string KeyOf(string name) => name switch
    {
        "user" => "Username",
        "dbname" => "Database",
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "passfile" => "Passfile",
        "options" => "Options",
        _ => name,
    };
}
