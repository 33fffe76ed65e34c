using System.Globalization;
using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>Names of accounts, for people to read.</summary>
internal static unsafe partial class AccountNative
{
    /// <summary>The account's name, or its number when it has none here.</summary>
    public static string NameOf(uint uid)
    {
        // struct passwd begins with the name; 256 bytes hold any libc's.
        byte* account = stackalloc byte[256];
        byte* strings = stackalloc byte[4096];
        byte* found = null;
        int error = Find(uid, account, strings, 4096, &found);
        return error == 0 && found != null
            ? Marshal.PtrToStringUTF8(*(nint*)found) ?? uid.ToString(CultureInfo.InvariantCulture)
            : uid.ToString(CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int Find(uint uid, byte* account, byte* strings, nuint length, byte** found);
}
