using System.Globalization;
using MoshBroker.FrontDoor;
using MoshBroker.Native;
using MoshBroker.Tenants;

namespace MoshBroker.Targets;

/// <summary>SSH connections to targets, shared by sessions of the same tenant, target and identity; one more when those there are full.</summary>
internal sealed class SshPool : IDisposable
{
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    private readonly string _folder;
    private readonly Children _children;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SshConnection>> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _configurations = new(StringComparer.Ordinal);
    private int _lastNumber;

    private readonly List<SshConnection> _adopted = [];

    /// <param name="folder">For control sockets, configurations and host keys; what a dead broker left there is removed, but for what lives on.</param>
    public SshPool(string folder, Children children)
    {
        _folder = folder;
        _children = children;
        if (Directory.Exists(folder)) { Clear(folder); }
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>OpenSSH's client.</summary>
    public string Ssh { get; } = SshdProgram.Find("ssh") ?? "/usr/bin/ssh";

    public static IReadOnlyList<string> Environment { get; } = ["PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"];

    /// <summary>A place on a connection that lives or is about to, and the configuration to use it with; to be given back.</summary>
    public (SshConnection Connection, string Configuration) Take(string tenant, SshTarget target)
    {
        lock (_lock)
        {
            string key = Describe(tenant, target);
            if (!_configurations.TryGetValue(key, out string? configuration))
            {
                configuration = SshFiles.Write(_folder, string.Create(CultureInfo.InvariantCulture, $"t{++_lastNumber}"), target);
                _configurations[key] = configuration;
                _connections[key] = [];
            }

            List<SshConnection> connections = _connections[key];
            connections.RemoveAll(connection => connection.IsDead);
            SshConnection? free = connections.Find(connection => connection.Sessions < target.SessionsPerConnection);
            if (free is null)
            {
                string control = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"c{++_lastNumber}"));
                free = SshConnection.Start(Ssh, configuration, target.Name, control, Environment, _children);
                connections.Add(free);
            }

            free.Sessions++;
            return (free, configuration);
        }
    }

    /// <summary>Connections to a target that live or are about to, and the sessions on them.</summary>
    public (int Connections, int Sessions) Count(string tenant, string target)
    {
        lock (_lock)
        {
            SshConnection[] living = [.. _connections.Where(pair => pair.Key.StartsWith($"{tenant}\n{target}\n", StringComparison.Ordinal)).SelectMany(pair => pair.Value).Where(connection => !connection.IsDead)];
            return (living.Length, living.Sum(connection => connection.Sessions));
        }
    }

    /// <summary>A place on a connection that a process before this one made; only for the sessions that were on it, since the target may be another by now.</summary>
    public SshConnection Adopt(string controlPath)
    {
        lock (_lock)
        {
            SshConnection? found = _adopted.Find(connection => connection.ControlPath == controlPath);
            if (found is null) { _adopted.Add(found = SshConnection.Adopt(controlPath, _children)); }
            found.Sessions++;
            return found;
        }
    }

    public void Return(SshConnection connection)
    {
        lock (_lock) { connection.Sessions--; }
    }

    /// <summary>Asks the masters to end now; one that does not obey ends when it has been idle for a while.</summary>
    public void Dispose()
    {
        if (_children.AreLeft) { return; } // The next process's sessions are on them.
        lock (_lock)
        {
            SshConnection[] alive = [.. _connections.Values.SelectMany(connections => connections).Concat(_adopted).Where(connection => connection.Ready.IsCompleted && !connection.IsDead)];
            foreach (SshConnection connection in alive)
            {
                ChildProgram farewell = new() { Path = Ssh, Arguments = [Ssh, "-F", "/dev/null", "-S", connection.ControlPath, "-O", "exit", "target"], Environment = Environment, Directory = "/" };
                if (farewell.StartWith(-1, -1, -1, out int pid) == 0) { _children.Add(pid, static _ => { }); }
            }

            SpinWait.SpinUntil(() => Array.TrueForAll(alive, connection => connection.IsDead), FarewellLimit);
        }
    }

    /// <summary>What sessions that go on are connected by keeps its name; no new one gets that.</summary>
    private void Clear(string folder)
    {
        foreach (string left in Directory.GetFileSystemEntries(folder))
        {
            if (int.TryParse(Path.GetFileName(left).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) { _lastNumber = Math.Max(_lastNumber, number); }
            if (Directory.Exists(left)) { Directory.Delete(left, recursive: true); }
            else if (!SshConnection.Listens(left)) { File.Delete(left); }
        }
    }

    /// <summary>All that makes connections different: a policy that changes any of it gets new ones.</summary>
    private static string Describe(string tenant, SshTarget target)
    {
        List<string> facts = [tenant];
        for (SshTarget? hop = target; hop is not null; hop = hop.ProxyJump)
        {
            facts.AddRange([hop.Name, hop.Host, hop.Port.ToString(CultureInfo.InvariantCulture), hop.User, hop.IdentityFile, hop.CertificateFile ?? "", .. hop.HostKeys.Select(key => key.Line)]);
        }

        return string.Join('\n', facts);
    }
}
