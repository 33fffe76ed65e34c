using Microsoft.Data.Sqlite;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>SQLite's failures as one line that names the file and the cure.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    /// <summary>True when one operation is at fault; false when the file is, and with it all that stood in the same transaction.</summary>
    public static bool IsOfOneOperation(SqliteException e) => e.SqliteErrorCode == Constraint;

    public static string Describe(string file, SqliteException e) => e.SqliteErrorCode switch
    {
        Full => $"store {file}: the disk is full: free some space there",
        ReadOnly => $"store {file} cannot be written: let the broker's user write it and its folder",
        Corrupt => $"store {file} is damaged: restore it from a backup, or move it away to start with an empty one",
        NotADatabase => $"store {file} is not a SQLite file: move it away, or name another by --store",
        CannotOpen => $"store {file} cannot be opened: let the broker's user read and write it and its folder, or name another by --store",
        Busy or Locked => $"store {file} is locked by another program: close that one",
        InputOutput => $"store {file}: its disk fails (SQLite error {e.SqliteExtendedErrorCode}): see the kernel's log",
        _ => $"store {file}: {OneLine.Of(e)}",
    };
}
