using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.FrontDoor;

/// <summary>The Unix socket on which <c>open</c> and <c>sessions</c> talk to the broker.</summary>
internal sealed class ControlSocket : IAsyncDisposable
{
    private const int Backlog = 256;
    private const int ConnectionsPerUser = 64; // A user who opens more at once waits for his own earlier ones.
    private const int WaitingPerUser = 1024; // Beyond it they are hung up on: descriptors are everybody's.

    private readonly Socket _listener;
    private readonly string _path;
    private readonly ControlRequests _requests;
    private readonly ControlLog _log;
    private readonly ConcurrentDictionary<uint, (SemaphoreSlim Turns, StrongBox<int> Waiting)> _users = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    private ControlSocket(Socket listener, string path, ControlRequests requests, ControlLog log)
    {
        _listener = listener;
        _path = path;
        _requests = requests;
        _log = log;
    }

    /// <summary>Listens at the path; a socket that a dead broker left there is replaced.</summary>
    /// <exception cref="StartRefusedException">The path cannot be used, with the cure.</exception>
    public static ControlSocket Listen(string path, ControlRequests requests, ControlLog log)
    {
        UnixDomainSocketEndPoint address;
        try
        {
            address = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException)
        {
            throw new StartRefusedException($"the control socket's path is too long for a Unix socket (108 bytes): {path}; choose a shorter one with --socket");
        }

        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            if (!Directory.Exists(folder)) { Directory.CreateDirectory(folder); }
            switch (SocketPaths.Clear(address))
            {
                case SocketPath.OtherFile: throw new StartRefusedException($"{path} is there already and is no socket; choose another with --socket");
                case SocketPath.Answered: throw new StartRefusedException($"another broker answers at {path}; stop it, or choose another --socket and --data");
            }

            listener.Bind(address);
            // Whoever may enter the folder may ask: what a user may see and do is decided by the uid that the kernel reports.
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
            listener.Listen(Backlog);
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            listener.Dispose();
            throw new StartRefusedException($"cannot listen at the control socket {path}: {failure.Message}; choose another with --socket");
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        ControlSocket socket = new(listener, path, requests, log);
        socket._accepting = socket.AcceptAsync(socket._stopping.Token);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        File.Delete(_path);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                connection = await _listener.AcceptAsync(stopping);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure)
            {
                // Out of descriptors, most likely; those who wait are served when some have been closed.
                _log.AcceptFailed(failure);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                continue;
            }

            _ = ServeAsync(connection, stopping);
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken stopping)
    {
        using (connection)
        {
            if (!UnixSocketNative.TryGetPeer((int)connection.Handle, out uint uid, out int pid)) { return; }
            (SemaphoreSlim turns, StrongBox<int> waiting) = _users.GetOrAdd(uid, static _ => (new SemaphoreSlim(ConnectionsPerUser), new StrongBox<int>()));
            try
            {
                if (Interlocked.Increment(ref waiting.Value) > WaitingPerUser) { return; }
                if (!await turns.WaitAsync(ControlConnection.Patience, stopping)) { return; }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            finally
            {
                Interlocked.Decrement(ref waiting.Value);
            }

            ControlConnection served = new(connection, uid, pid, _requests, _log);
            try
            {
                await served.ServeAsync(stopping);
            }
            finally
            {
                turns.Release();
            }

            // A session has the socket now, and as many as it may have; it is nobody's turn any more.
            await served.Held;
        }
    }
}
