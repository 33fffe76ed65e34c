using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>Who may read a file that holds a key.</summary>
internal static unsafe partial class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint UidOnly = 0x8; // STATX_UID

    /// <summary>What the file's mode must not have: anything for others than its owner. Root's file may be read by its group, when we are not root:
    /// so Kubernetes hands out secrets, to the group of a pod that cannot own them.</summary>
    public static UnixFileMode ForbiddenOf(string path) => AccountNative.EffectiveUser() != 0 && UidOf(path) == 0 ? ~(Owner | UnixFileMode.GroupRead) : ~Owner;

    private static uint? UidOf(string path)
    {
        byte* status = stackalloc byte[256]; // statx(2) has one layout on every architecture: the uid is at 20.
        return StatX(CurrentFolder, path, 0, UidOnly, status) == 0 ? *(uint*)(status + 20) : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* status);
}
