using System.Data;
using Dapper;

namespace MoshBroker.Cluster;

/// <summary>What one operation of the store works with: a connection inside a transaction, the store's clock, and what is to be told after the commit.</summary>
internal sealed class StoreTransaction(IDbConnection connection, SqlDialect dialect, Func<IDbConnection, DateTimeOffset> clock)
{
    private DateTimeOffset? _now;

    public SqlDialect Dialect => dialect;

    /// <summary>The store's clock, looked at once.</summary>
    public DateTimeOffset Now => _now ??= clock(connection);

    public long NowMs => Now.ToUnixTimeMilliseconds();

    public List<StoreChange> Changes { get; } = [];

    public int Execute(string sql, object? parameters = null) => connection.Execute(sql, parameters);

    public T? Scalar<T>(string sql, object? parameters = null) => connection.ExecuteScalar<T>(sql, parameters);

    public List<T> Query<T>(string sql, object? parameters = null) => connection.Query<T>(sql, parameters).AsList();

    public System.Data.Common.DbDataReader Read(string sql, object? parameters = null) =>
        (System.Data.Common.DbDataReader)connection.ExecuteReader(sql, parameters);
}
