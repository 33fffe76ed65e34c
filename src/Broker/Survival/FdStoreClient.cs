using System.Text;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>The broker's end of the fd store: what is put there outlives this process. A store that dies is replaced, and gets everything again.</summary>
/// <remarks>
/// Putting and dropping wait for nobody: the kernel keeps messages, descriptors included, until the store reads them, and in order. A
/// descriptor drops its twin by itself, just before it is closed.
/// </remarks>
internal sealed class FdStoreClient : IDescriptorStore
{
    public const string SocketName = "fdstore.sock";
    private const int AnswerLimitMs = 10_000;
    private const int MessageLength = 4096;
    private const int KillSignal = 9;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileDescriptor> _held = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly string _program;
    private readonly SurvivalLog _log;
    private readonly byte[] _message = new byte[MessageLength];
    private FileDescriptor _socket;
    private int _child;
    private bool _isDetached;

    private FdStoreClient(string folder, string program, SurvivalLog log, FileDescriptor socket, int child)
    {
        _folder = folder;
        _program = program;
        _log = log;
        _socket = socket;
        _child = child;
        new Thread(Watch) { IsBackground = true, Name = "fd-store" }.Start();
    }

    /// <summary>The program beside ours, as published; null when it is not there.</summary>
    public static string? Program
    {
        get
        {
            string program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "fdstore", "moshbroker-fdstore"));
            return File.Exists(program) ? program : null;
        }
    }

    /// <summary>Finds the folder's store, or starts one.</summary>
    /// <param name="left">What an earlier broker left there, by name; the caller's from here on. What of it lives on is put again.</param>
    /// <exception cref="IOException">There is none, and none can be started.</exception>
    public static FdStoreClient Open(string folder, string program, SurvivalLog log, out Dictionary<string, FileDescriptor> left)
    {
        int child = 0;
        FileDescriptor? socket = PacketSocketNative.TryConnect(folder, SocketName);
        left = socket is null ? [] : TakeAll(socket) ?? [];
        socket ??= StartStore(folder, program, out child);
        return new FdStoreClient(folder, program, log, socket, child);
    }

    /// <summary>True while a store keeps something, or may, for a broker of that folder.</summary>
    public static bool HasStore(string folder)
    {
        using FileDescriptor? socket = PacketSocketNative.TryConnect(folder, SocketName);
        return socket is not null;
    }

    /// <summary>Ends the folder's store and what it keeps.</summary>
    public static void EndStore(string folder)
    {
        using FileDescriptor? socket = PacketSocketNative.TryConnect(folder, SocketName);
        if (socket is not null) { _ = PacketSocketNative.TrySend(socket, "Q"u8, []); }
    }

    /// <summary>The store's process number; 0 when an earlier broker started it.</summary>
    public int ChildId => Volatile.Read(ref _child);

    /// <summary>Keeps a copy of the descriptor in the store until it is closed here.</summary>
    public void Put(string name, FileDescriptor descriptor)
    {
        lock (_gate)
        {
            if (_isDetached) { return; }
            _held[name] = descriptor;
            descriptor.Closing = () => Drop(name);
            SendPut([(name, descriptor)]);
        }
    }

    /// <summary>Drops what an earlier broker left and nobody wants.</summary>
    public void Drop(string name)
    {
        lock (_gate)
        {
            _held.Remove(name);
            if (!_isDetached) { _ = PacketSocketNative.TrySend(_socket, _message.AsSpan(0, Write('D', name)), []); }
        }
    }

    /// <summary>From here on nothing that is closed here is dropped there: another process goes on with it.</summary>
    public void Detach()
    {
        lock (_gate) { _isDetached = true; }
    }

    /// <summary>True once sessions end in order before this is disposed: nothing is left to be kept then, and the store ends. A start that failed leaves it alone.</summary>
    public bool EndsStore { get; set; }

    /// <summary>Lets go of the store, or ends it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_isDetached && EndsStore) { _ = PacketSocketNative.TrySend(_socket, "Q"u8, []); }
            _isDetached = true;
        }
    }

    private static FileDescriptor StartStore(string folder, string program, out int child)
    {
        // It listens before its process has begun: nobody waits for that.
        using FileDescriptor listener = PacketSocketNative.Listen(folder, SocketName);
        ChildProgram store = new() { Path = program, Arguments = [program, Path.Combine(folder, SocketName)], Environment = ["PATH=/usr/bin:/bin", .. DotnetRoot()], Directory = "/" };
        int error = store.StartWith(listener.Number, -1, -1, out child);
        if (error != 0) { throw new IOException($"{program} cannot be started: {Errno.Text(error)}"); }
        return PacketSocketNative.TryConnect(folder, SocketName) ?? throw Errno.Exception($"connect {Path.Combine(folder, SocketName)}");
    }

    private static IEnumerable<string> DotnetRoot() =>
        Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root ? [$"DOTNET_ROOT={root}"] : [];

    private static Dictionary<string, FileDescriptor>? TakeAll(FileDescriptor socket)
    {
        Dictionary<string, FileDescriptor> all = new(StringComparer.Ordinal);
        byte[] buffer = new byte[MessageLength];
        List<FileDescriptor> came = [];
        if (!PacketSocketNative.TrySend(socket, "G"u8, [])) { return null; }
        while (PacketSocketNative.Wait(socket, AnswerLimitMs))
        {
            came.Clear();
            int length = UnixSocketNative.Receive(socket.Number, buffer, came);
            if (length <= 0 || buffer[0] == 'E') { break; }
            string[] names = Encoding.UTF8.GetString(buffer, 1, length - 1).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < came.Count; i++)
            {
                if (i < names.Length) { all[names[i]] = came[i]; }
                else { came[i].Dispose(); }
            }
        }

        return all;
    }

    /// <summary>Reads until the store's end is closed, which is when it died.</summary>
    private unsafe void Watch()
    {
        byte[] buffer = new byte[16];
        List<FileDescriptor> none = [];
        while (true)
        {
            FileDescriptor socket = _socket;
            while (!PacketSocketNative.Wait(socket, -1) || UnixSocketNative.Receive(socket.Number, buffer, none) > 0) { }
            int status = 0;
            if (_child > 0) { _ = SpawnNative.Wait(_child, &status, 0); }
            lock (_gate)
            {
                if (_isDetached) { return; }
                _log.StoreDied();
                try
                {
                    _socket.Dispose();
                    _socket = StartStore(_folder, _program, out int child);
                    Volatile.Write(ref _child, child);
                    SendPut([.. _held.Select(pair => (pair.Key, pair.Value))]);
                }
                catch (IOException failure)
                {
                    // Sessions go on, and would end with this process.
                    _log.NoStore(failure.Message);
                    _isDetached = true;
                    return;
                }
            }
        }
    }

    private void SendPut(IReadOnlyList<(string Name, FileDescriptor Descriptor)> all)
    {
        Span<int> one = stackalloc int[1];
        foreach ((string name, FileDescriptor descriptor) in all)
        {
            bool isHeld = false;
            try
            {
                descriptor.DangerousAddRef(ref isHeld);
                one[0] = descriptor.Number;
                if (!PacketSocketNative.TrySend(_socket, _message.AsSpan(0, Write('P', name)), one)) { OnStuck(); }
            }
            catch (ObjectDisposedException)
            {
                // It is being closed just now.
            }
            finally
            {
                if (isHeld) { descriptor.DangerousRelease(); }
            }
        }
    }

    /// <summary>A store that does not read is as good as dead, and dead it is replaced.</summary>
    private void OnStuck()
    {
        if (_child > 0) { _ = SpawnNative.Kill(_child, KillSignal); }
    }

    private int Write(char operation, string name)
    {
        _message[0] = (byte)operation;
        int length = 1 + Encoding.UTF8.GetBytes(name, _message.AsSpan(1));
        _message[length] = 0;
        return length + 1;
    }
}
