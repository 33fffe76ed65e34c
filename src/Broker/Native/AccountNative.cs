using System.Globalization;
using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>Accounts of this machine.</summary>
internal static unsafe partial class AccountNative
{
    private const int AccountLength = 256; // Holds any libc's struct passwd, which begins with the name, the password and the uid.
    private const int StringsLength = 4096;

    /// <summary>The account's name, or its number when it has none here.</summary>
    public static string NameOf(uint uid)
    {
        byte* account = stackalloc byte[AccountLength];
        byte* strings = stackalloc byte[StringsLength];
        byte* found = null;
        int error = Find(uid, account, strings, StringsLength, &found);
        return error == 0 && found != null
            ? Marshal.PtrToStringUTF8(*(nint*)found) ?? uid.ToString(CultureInfo.InvariantCulture)
            : uid.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The uid of an account; null when there is none of that name.</summary>
    public static uint? Find(string name)
    {
        byte* account = stackalloc byte[AccountLength];
        byte* strings = stackalloc byte[StringsLength];
        byte* found = null;
        return Find(name, account, strings, StringsLength, &found) == 0 && found != null ? *(uint*)(found + (2 * sizeof(nint))) : null;
    }

    /// <summary>All of an account; null when there is none of that number.</summary>
    public static Account? Read(uint uid)
    {
        byte* account = stackalloc byte[AccountLength];
        byte* strings = stackalloc byte[StringsLength];
        byte* found = null;
        if (Find(uid, account, strings, StringsLength, &found) != 0 || found == null) { return null; }
        // struct passwd on 64-bit Linux: name, password, uid and gid in one word, comment, home, shell.
        nint* fields = (nint*)found;
        return new Account(
            Marshal.PtrToStringUTF8(fields[0]) ?? "", uid, *((uint*)(fields + 2) + 1), Marshal.PtrToStringUTF8(fields[4]) ?? "/", Marshal.PtrToStringUTF8(fields[5]) ?? "/bin/sh");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int Find(uint uid, byte* account, byte* strings, nuint length, byte** found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Find(string name, byte* account, byte* strings, nuint length, byte** found);
}
