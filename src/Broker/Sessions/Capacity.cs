using System.Globalization;
using System.Runtime.InteropServices;
using MoshBroker.Configuration;

namespace MoshBroker.Sessions;

/// <summary>How many sessions this node can hold, and what sets the bound.</summary>
/// <param name="Sessions">As many as the scarcest resource allows.</param>
/// <param name="Limit">That resource, in words.</param>
/// <param name="Cure">How to get more of it.</param>
internal sealed partial record Capacity(int Sessions, string Limit, string Cure)
{
    private const int DescriptorsPerSession = 4; // PTY master, checkpoint, input journal, and the release pipe until the client is there, or a child's pidfd; a UDP socket is a fifth.
    private const int DescriptorsOfTheBroker = 256;
    private const int KeptOfTheBroker = 16; // Listening and shared sockets.
    private const int DescriptorLimit = 7; // RLIMIT_NOFILE
    private const int MostTombstones = 4096;
    private const int DescriptorsPerTombstone = 8; // One descriptor in so many may be an ended channel's socket.

    /// <summary>How many ended channels may wait for their clients; each of them has a descriptor.</summary>
    public int Tombstones { get; init; } = MostTombstones;

    /// <summary>Measured on this machine, for these UDP ports.</summary>
    /// <param name="kept">As many descriptors outlive the process; null for no limit but the system's.</param>
    public static Capacity Plan(IReadOnlyList<PortSource> ports, int? kept = null) => Plan(ports, Descriptors(), Terminals(), kept);

    public static Capacity Plan(IReadOnlyList<PortSource> ports, int descriptors, int terminals, int? kept = null)
    {
        // Behind a shared port there is always room for one more.
        bool isShared = ports.OfType<PortSource.Shared>().Any();
        int own = ports.OfType<PortSource.Range>().Sum(range => range.High - range.Low + 1);
        int tombstones = isShared ? MostTombstones : Math.Min(MostTombstones, Math.Min(descriptors / DescriptorsPerTombstone, own));
        int reserved = isShared ? 0 : tombstones; // Behind a shared port they have no socket.
        Capacity[] bounds =
        [
            isShared ? new(int.MaxValue, "", "") : new(own, $"{own} UDP ports (--ports)", "give the broker more with --ports, or let sessions share one (--ports shared:PORT)"),
            new(Math.Max(0, descriptors - DescriptorsOfTheBroker - reserved) / (isShared ? DescriptorsPerSession : DescriptorsPerSession + 1), $"{descriptors} file descriptors (ulimit -n)", "raise the hard limit of open files (LimitNOFILE=)"),
            kept is { } most ? new(Math.Max(0, most - KeptOfTheBroker) / (isShared ? DescriptorsPerSession : DescriptorsPerSession + 1), $"{most} descriptors in the service manager's store (FDSTORE)", "raise FileDescriptorStoreMax=") : new(int.MaxValue, "", ""),
            new(terminals, $"{terminals} pseudo-terminals (kernel.pty.max)", "raise the sysctl kernel.pty.max"),
        ];
        return bounds.MinBy(bound => bound.Sessions)! with { Tombstones = tombstones };
    }

    /// <summary>The same for a broker that is to take no more than that; null for no such bound.</summary>
    public Capacity AtMost(int? sessions) =>
        sessions < Sessions ? this with { Sessions = sessions.Value, Limit = $"{sessions} places (--capacity)", Cure = "give a larger --capacity" } : this;

    private static unsafe int Descriptors()
    {
        ulong* limits = stackalloc ulong[2];
        return GetLimit(DescriptorLimit, limits) == 0 ? (int)Math.Min(limits[0], int.MaxValue) : 1024;
    }

    private static int Terminals()
    {
        try
        {
            return int.Parse(File.ReadAllText("/proc/sys/kernel/pty/max"), CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            return 4096; // The kernel's default.
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static unsafe partial int GetLimit(int resource, ulong* limits);
}
