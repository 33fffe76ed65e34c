using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Targets;

/// <summary>One SSH connection to a target, that several sessions share: OpenSSH's own master process.</summary>
internal sealed class SshConnection
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);
    private readonly TaskCompletionSource<string?> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Children _children;
    private FileDescriptor? _errors;
    private int _pid;
    private volatile bool _isDead;

    private SshConnection(string controlPath, Children children) => (ControlPath, _children) = (controlPath, children);

    public string ControlPath { get; }

    /// <summary>Sessions on it; the pool's to count.</summary>
    public int Sessions { get; set; }

    public bool IsDead => _isDead;

    /// <summary>Null once sessions can be opened; or OpenSSH's words for why not.</summary>
    public Task<string?> Ready => _ready.Task;

    /// <summary>Starts it; every outcome comes by <see cref="Ready"/>.</summary>
    public static SshConnection Start(string ssh, string configuration, string target, string controlPath, IReadOnlyList<string> environment, Children children)
    {
        SshConnection connection = new(controlPath, children);
        ChildProgram master = new()
        {
            Path = ssh,
            Arguments = [ssh, "-F", configuration, "-N", "-T", "-M", "-S", controlPath, "-e", "none", "--", target],
            Environment = environment,
            Directory = "/",
        };
        if (!PipeNative.TryMake(out FileDescriptor read, out FileDescriptor write))
        {
            connection.OnEnded(Errno.Text(Errno.Last));
            return connection;
        }

        using (write)
        {
            int error = master.StartWith(-1, -1, write.Number, out connection._pid);
            if (error != 0)
            {
                read.Dispose();
                connection.OnEnded(Errno.Text(error));
                return connection;
            }
        }

        PtyNative.Adopt(read);
        connection._errors = read;
        children.Add(connection._pid, _ => connection.OnEnded(connection.ReadErrors()));
        _ = connection.AwaitSocketAsync();
        return connection;
    }

    public void End() => _children.End(_pid);

    private async Task AwaitSocketAsync()
    {
        // OpenSSH gives the socket its name when it listens; it says so in no other way.
        DateTime limit = DateTime.UtcNow + ConnectLimit;
        while (!_isDead && !File.Exists(ControlPath))
        {
            if (DateTime.UtcNow > limit)
            {
                _ready.TrySetResult("timed out");
                End();
                return;
            }

            await Task.Delay(5);
        }

        if (!_isDead) { _ready.TrySetResult(null); }
    }

    private void OnEnded(string errors)
    {
        _isDead = true;
        _ready.TrySetResult(errors);
        _errors?.Dispose();
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
