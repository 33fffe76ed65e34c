using System.Net.Sockets;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Targets;

/// <summary>One SSH connection to a target, that several sessions share: OpenSSH's own master process.</summary>
/// <remarks>
/// It is ours while it logs in. Then it leaves for the background and lives as long as a session is on it, and <see cref="IdleKept"/>
/// longer, whatever becomes of us: a killed broker takes no session with it here, and leaves nothing behind for long.
/// </remarks>
internal sealed class SshConnection
{
    /// <summary>How long a connection without a session waits for the next one.</summary>
    public static readonly TimeSpan IdleKept = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource<string?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Children _children;
    private FileDescriptor? _errors;
    private int _pid;

    private SshConnection(string controlPath, Children children) => (ControlPath, _children) = (controlPath, children);

    public string ControlPath { get; }

    /// <summary>Sessions on it; the pool's to count.</summary>
    public int Sessions { get; set; }

    /// <summary>Asked of the kernel: nobody listens any more at the socket of a master that has ended.</summary>
    public bool IsDead => _ready.Task.IsCompleted && (_ready.Task.Result is not null || !Listens());

    /// <summary>Null once sessions can be opened; or OpenSSH's words for why not.</summary>
    public Task<string?> Ready => _ready.Task;

    /// <summary>Starts it; every outcome comes by <see cref="Ready"/>.</summary>
    public static SshConnection Start(string ssh, string configuration, string target, string controlPath, IReadOnlyList<string> environment, Children children)
    {
        SshConnection connection = new(controlPath, children);
        ChildProgram master = new()
        {
            Path = ssh,
            // At the level of errors alone it does not say who broke off, which tells a hop from the target.
            Arguments = [ssh, "-F", configuration, "-N", "-T", "-M", "-S", controlPath, "-o", $"ControlPersist={IdleKept.TotalSeconds:0}", "-o", "LogLevel=INFO", "-e", "none", "--", target],
            Environment = environment,
            Directory = "/",
        };
        if (!PipeNative.TryMake(out FileDescriptor read, out FileDescriptor write))
        {
            connection._ready.TrySetResult(Errno.Text(Errno.Last));
            return connection;
        }

        using (write)
        {
            int error = master.StartWith(-1, -1, write.Number, out connection._pid);
            if (error != 0)
            {
                read.Dispose();
                connection._ready.TrySetResult(Errno.Text(error));
                return connection;
            }
        }

        PtyNative.Adopt(read);
        connection._errors = read;
        children.Add(connection._pid, connection.OnLeft);
        _ = connection.LimitAsync();
        return connection;
    }

    /// <summary>One that another process started, and that its sessions are still on.</summary>
    public static SshConnection Adopt(string controlPath, Children children)
    {
        SshConnection connection = new(controlPath, children);
        connection._ready.TrySetResult(null);
        return connection;
    }

    private async Task LimitAsync()
    {
        await Task.WhenAny(_ready.Task, Task.Delay(ConnectLimit));
        if (_ready.TrySetResult("timed out")) { _children.End(_pid); }
    }

    /// <summary>OpenSSH leaves with success for the background, once sessions can be opened; or it has failed.</summary>
    private void OnLeft(int status)
    {
        _ready.TrySetResult(status == 0 ? null : ReadErrors());
        _errors?.Dispose();
    }

    private bool Listens() => Listens(ControlPath);

    /// <summary>True while a master is at that path.</summary>
    public static bool Listens(string controlPath)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(controlPath));
            return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.WouldBlock; // It has much to do.
        }
    }

    private unsafe string ReadErrors()
    {
        byte[] bytes = new byte[8192];
        fixed (byte* at = bytes)
        {
            nint count = PtyNative.Read(_errors!, at, bytes.Length);
            return count > 0 ? OneLine.Of(Encoding.UTF8.GetString(bytes, 0, (int)count)) : "";
        }
    }
}
