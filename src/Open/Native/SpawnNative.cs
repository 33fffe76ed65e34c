using System.Runtime.InteropServices;

namespace MoshBroker.Open.Native;

/// <summary>Starting and ending a child, by libc. The opaque structures of posix_spawn are buffers of <see cref="OpaqueSize"/> bytes.</summary>
internal static unsafe partial class SpawnNative
{
    /// <summary>More than any libc's posix_spawnattr_t (336 bytes in glibc), posix_spawn_file_actions_t (80) and sigset_t (128).</summary>
    public const int OpaqueSize = 1024;

    public const short SetSignalDefaults = 0x04;
    public const short SetSignalMask = 0x08;
    public const short SetSession = 0x80;

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn")]
    public static partial int Spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(void* actions);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_addopen")]
    public static partial int AddOpen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(void* actions, int from, int to);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(void* actions, int first);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(void* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetMask(void* attributes, void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "sigemptyset")]
    public static partial int EmptySignals(void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(FileNative.Libc, EntryPoint = "waitpid")]
    public static partial int Wait(int pid, int* status, int options);
}
