using System.Runtime.InteropServices;

namespace MoshBroker.Open.Native;

/// <summary>The calling user's locale and passwd entry, by libc.</summary>
internal static unsafe partial class UserNative
{
    public const int AllCategories = 6;
    public const int CodeSet = 14;

    /// <summary>The character set that this process's environment selects; empty when one of the locales named there is not available.</summary>
    public static byte[] CharacterSet()
    {
        byte empty = 0;
        if (SetLocale(AllCategories, &empty) == null) { return []; }
        return MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LanguageFact(CodeSet)).ToArray();
    }

    /// <summary>Home directory and shell of the passwd entry; null when there is no entry.</summary>
    public static (byte[] Home, byte[] Shell)? PasswdEntry()
    {
        // struct passwd on 64-bit Linux: name, password, uid and gid in one word, comment, home, shell.
        byte** entry = FindUser(UserId());
        if (entry == null) { return null; }
        return (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry[4]).ToArray(),
            MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry[5]).ToArray());
    }

    [LibraryImport(FileNative.Libc, EntryPoint = "setenv")]
    public static partial int SetVariable(byte* name, byte* value, int overwrite);

    [LibraryImport(FileNative.Libc, EntryPoint = "unsetenv")]
    public static partial int RemoveVariable(byte* name);

    [LibraryImport(FileNative.Libc, EntryPoint = "setlocale")]
    private static partial byte* SetLocale(int category, byte* name);

    [LibraryImport(FileNative.Libc, EntryPoint = "nl_langinfo")]
    private static partial byte* LanguageFact(int item);

    [LibraryImport(FileNative.Libc, EntryPoint = "getuid")]
    private static partial uint UserId();

    [LibraryImport(FileNative.Libc, EntryPoint = "getpwuid")]
    private static partial byte** FindUser(uint user);
}
