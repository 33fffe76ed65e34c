using System.Runtime.InteropServices;

namespace MoshBroker.Client.Native;

/// <summary>Children, signals and the locale, by libc. The opaque structures of posix_spawn are buffers of <see cref="OpaqueSize"/> bytes.</summary>
internal static unsafe partial class ProcessNative
{
    public const int OpaqueSize = 1024;
    public const int SignalStop = 19;
    public const int SignalTerminate = 15;
    public const int NoHang = 1;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const int AllCategories = 6;
    private const int CodeSet = 14;
    private const int SignalPipe = 13;

    /// <summary>Starts a program found in PATH with the given descriptors as 0, 1 and 2, in our process group: it may ask the user on /dev/tty. 0, or an errno.</summary>
    public static int TrySpawn(IReadOnlyList<string> words, IReadOnlyList<string> environment, int standardInput, int output, int error, out int pid)
    {
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* none = stackalloc byte[OpaqueSize];
        byte* defaults = stackalloc byte[OpaqueSize];
        _ = InitActions(actions);
        _ = InitAttributes(attributes);
        _ = EmptySignals(none);
        _ = EmptySignals(defaults);
        // The runtime ignores SIGPIPE, which children would inherit.
        _ = AddSignal(defaults, SignalPipe);
        _ = SetFlags(attributes, SetSignalDefaults | SetSignalMask);
        _ = SetDefaultSignals(attributes, defaults);
        _ = SetMask(attributes, none);
        _ = AddDuplicate(actions, standardInput, 0);
        _ = AddDuplicate(actions, output, 1);
        _ = AddDuplicate(actions, error, 2);
        int child = 0;
        using NativeWords arguments = new(words);
        using NativeWords variables = new(environment);
        int result = Spawn(&child, arguments.First, actions, attributes, arguments.Pointers, variables.Pointers);
        _ = DestroyActions(actions);
        _ = DestroyAttributes(attributes);
        pid = child;
        return result;
    }

    /// <summary>The character set that this process's environment selects; empty when one of the locales named there is not available.</summary>
    public static string CharacterSet()
    {
        byte empty = 0;
        return SetLocale(AllCategories, &empty) == null ? "" : Marshal.PtrToStringUTF8((nint)LanguageFact(CodeSet)) ?? "";
    }

    [LibraryImport(FileNative.Libc, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int pid, int* status, int options);

    [LibraryImport(FileNative.Libc, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnp")]
    private static partial int Spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(void* actions);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(void* actions);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(void* actions, int from, int to);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(void* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(void* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(void* attributes, void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(void* signals);

    [LibraryImport(FileNative.Libc, EntryPoint = "sigaddset")]
    private static partial int AddSignal(void* signals, int signal);

    [LibraryImport(FileNative.Libc, EntryPoint = "setlocale")]
    private static partial byte* SetLocale(int category, byte* name);

    [LibraryImport(FileNative.Libc, EntryPoint = "nl_langinfo")]
    private static partial byte* LanguageFact(int item);
}
