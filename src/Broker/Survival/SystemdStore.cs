using System.Globalization;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>The service manager keeps our descriptors: sd_notify's FDSTORE, and LISTEN_FDS when it starts us again.</summary>
/// <remarks>
/// https://systemd.io/FILE_DESCRIPTOR_STORE – chosen when both NOTIFY_SOCKET and FDSTORE are set, which systemd does from version 254 on for a
/// unit with FileDescriptorStoreMax=; for an older one the unit sets FDSTORE itself.
/// </remarks>
internal sealed class SystemdStore : IDescriptorStore
{
    private const int FirstDescriptor = 3; // SD_LISTEN_FDS_START

    private readonly Lock _gate = new();
    private readonly FileDescriptor _socket;
    private readonly SurvivalLog _log;
    private bool _isDetached;
    private bool _hasFailed;

    private SystemdStore(FileDescriptor socket, SurvivalLog log) => (_socket, _log) = (socket, log);

    public bool EndsStore { get; set; }

    /// <summary>True when the service manager would keep descriptors for us.</summary>
    public static bool IsOffered(HostEnvironment host) => host.Variable("NOTIFY_SOCKET") is { Length: > 0 } && MostKept(host) > 0;

    /// <summary>How many it would keep; 0 for none.</summary>
    public static int MostKept(HostEnvironment host) => int.TryParse(host.Variable("FDSTORE"), NumberStyles.None, CultureInfo.InvariantCulture, out int most) ? most : 0;

    /// <param name="left">What it kept for an earlier process, by name; the caller's from here on.</param>
    /// <exception cref="IOException">Nobody listens at the notification socket.</exception>
    public static SystemdStore Open(HostEnvironment host, SurvivalLog log, out Dictionary<string, FileDescriptor> left)
    {
        left = new Dictionary<string, FileDescriptor>(StringComparer.Ordinal);
        string path = host.Variable("NOTIFY_SOCKET")!;
        FileDescriptor socket = PacketSocketNative.TryConnectTo(path) ?? throw Errno.Exception($"connect NOTIFY_SOCKET {path}");
        // Not ours when a process between us and the service manager handed its environment on.
        bool isForUs = host.Variable("LISTEN_PID") is { } pid && pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (isForUs && int.TryParse(host.Variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            string[] names = (host.Variable("LISTEN_FDNAMES") ?? "").Split(':');
            for (int i = 0; i < count; i++)
            {
                FileDescriptor descriptor = new(FirstDescriptor + i);
                PtyNative.KeepFromChildren(descriptor);
                // One name twice: it was put again by a process that died before the first was dropped.
                if (i >= names.Length || !left.TryAdd(names[i], descriptor)) { descriptor.Dispose(); }
            }
        }

        return new SystemdStore(socket, log);
    }

    public void Put(string name, FileDescriptor descriptor)
    {
        lock (_gate)
        {
            if (_isDetached) { return; }
            descriptor.Closing = () => Drop(name);
            // What has the name already, put by a process before us, is the same or nobody's.
            Tell($"FDSTOREREMOVE=1\nFDNAME={name}", []);
            Tell($"FDSTORE=1\nFDPOLL=0\nFDNAME={name}", [descriptor.Number]);
        }
    }

    public void Drop(string name)
    {
        lock (_gate)
        {
            if (!_isDetached) { Tell($"FDSTOREREMOVE=1\nFDNAME={name}", []); }
        }
    }

    public void Detach()
    {
        lock (_gate) { _isDetached = true; }
    }

    /// <summary>The start is complete.</summary>
    public void Ready()
    {
        lock (_gate) { Tell("READY=1", []); }
    }

    public void Dispose()
    {
        Detach();
        _socket.Dispose();
    }

    private void Tell(string message, ReadOnlySpan<int> descriptors)
    {
        // It waits while the manager's queue is full: one that was not told of a descriptor would lose the session.
        if (PacketSocketNative.TrySend(_socket, Encoding.UTF8.GetBytes(message), descriptors, waits: true) || _hasFailed) { return; }
        _hasFailed = true;
        _log.NoStore($"the service manager does not take what is to be kept: {Errno.Text(Errno.Last)}");
    }
}
