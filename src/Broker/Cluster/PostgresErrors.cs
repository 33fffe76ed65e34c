using MoshBroker.Configuration;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>PostgreSQL's failures as one line that names the store and the cure. Npgsql puts no password into its messages.</summary>
internal static class PostgresErrors
{
    /// <summary>Worth another try in a new transaction: two operations met.</summary>
    public static bool IsCollision(PostgresException e) => e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>True when one operation is at fault, not the store or the connection.</summary>
    public static bool IsOfOneOperation(PostgresException e) => e.SqlState.StartsWith("23", StringComparison.Ordinal) || e.SqlState.StartsWith("22", StringComparison.Ordinal);

    public static string Describe(StoreAddress.Postgres at, Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } p =>
            $"store {at} does not let the broker in ({OneLine.Of(p.MessageText)}): check its user, and its password in PGPASSFILE",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } p => $"store {at}: {OneLine.Of(p.MessageText)}: create it, or name another by --store",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName } p =>
            $"store {at}: {OneLine.Of(p.MessageText)}: let its user own the tables there, and create some (GRANT USAGE, CREATE ON SCHEMA …)",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => $"store {at} is read-only, a stand-by perhaps: name the primary by --store",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => $"store {at}: its disk is full: free some space there",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => $"store {at} has no connection left: raise its max_connections (a node takes {PostgresEngine.Connections})",
        PostgresException p => $"store {at}: {OneLine.Of(p.MessageText)} ({p.SqlState})",
        NpgsqlException { InnerException: TimeoutException } => $"store {at} does not answer: see whether it runs, and is reached from here",
        NpgsqlException n => $"store {at} is not reached ({OneLine.Of(n.InnerException ?? n)}): see whether it runs, and is reached from here",
        _ => $"store {at}: {OneLine.Of(e)}",
    };
}
