namespace MoshBroker.Cluster;

/// <summary>The few words in which the two databases differ; everything else is written once, in <see cref="SqlStore"/>.</summary>
/// <param name="ForUpdate">Locks the rows that a fence is read from, until the commit. SQLite has one writer and needs no lock.</param>
/// <param name="Greatest">The function that gives the greater of two values.</param>
/// <param name="InList">A condition: the column {0} has one of the values of the parameter {1}, which is an array.</param>
internal sealed record SqlDialect(string ForUpdate, string Greatest, string InList)
{
    public static SqlDialect Sqlite { get; } = new("", "max", "{0} IN @{1}");

    public static SqlDialect Postgres { get; } = new(" FOR UPDATE", "greatest", "{0} = ANY (@{1})");

    public string In(string column, string parameter) => InList.Replace("{0}", column, StringComparison.Ordinal).Replace("{1}", parameter, StringComparison.Ordinal);
}
