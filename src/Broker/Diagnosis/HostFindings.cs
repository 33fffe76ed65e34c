using System.Globalization;
using System.Runtime.InteropServices;
using MoshBroker.Configuration;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Tenants;

namespace MoshBroker.Diagnosis;

/// <summary>The machine and the broker's files.</summary>
internal static partial class HostFindings
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const long WantedReceiveBuffer = 1024 * 1024;

    public static IEnumerable<Finding> OfLimits(ServeOptions options)
    {
        Capacity capacity = Capacity.Plan(options.Ports);
        yield return capacity.Sessions >= 200
            ? new Finding("capacity", Severity.Ok, $"{capacity.Sessions} sessions, bound by {capacity.Limit}")
            : new Finding("capacity", Severity.Warning, $"{capacity.Sessions} sessions, bound by {capacity.Limit}", "one more user finds no room", capacity.Cure);
        if (Number("/proc/sys/kernel/pty/max") is { } most && Number("/proc/sys/kernel/pty/nr") is { } used)
        {
            yield return used < most * 9 / 10
                ? new Finding("pseudo-terminals", Severity.Ok, $"{used} of {most} in use")
                : new Finding("pseudo-terminals", Severity.Warning, $"{used} of {most} in use", "without one no session begins", $"sysctl -w kernel.pty.max={most * 2}   (and in /etc/sysctl.d)");
        }

        if (Number("/proc/sys/net/core/rmem_max") is { } buffer)
        {
            yield return buffer >= WantedReceiveBuffer
                ? new Finding("UDP receive buffer", Severity.Ok, $"up to {buffer} bytes")
                : new Finding("UDP receive buffer", Severity.Warning, $"at most {buffer} bytes", "a burst of all clients at once (a switch comes back) is lost in part", "sysctl -w net.core.rmem_max=4194304   (and in /etc/sysctl.d)");
        }
    }

    /// <summary>Whether the kernel's clock is kept right.</summary>
    public static unsafe Finding OfClock()
    {
        const int TimexLength = 512; // struct timex has 208 bytes.
        const int TimeError = 5;
        const int MaxErrorOffset = 24;
        byte* timex = stackalloc byte[TimexLength];
        new Span<byte>(timex, TimexLength).Clear();
        int state = Adjust(timex);
        long error = *(long*)(timex + MaxErrorOffset); // Microseconds.
        return state is >= 0 and not TimeError && error < 1_000_000
            ? new Finding("clock", Severity.Ok, $"kept right to {error / 1000.0:0.#} ms")
            : new Finding("clock", Severity.Warning, "nothing keeps it right", "certificates, grants and time windows end by this clock, and logs of several machines are put together by it", "apt-get install chrony");
    }

    /// <summary>Files that hold keys, or say who may do what.</summary>
    public static IEnumerable<Finding> OfFiles(ServeOptions options, Policy? policy)
    {
        if (Directory.Exists(options.DataDirectory)) { yield return Mode(options.DataDirectory, Others, "the data folder", "0700"); }
        string master = options.MasterKeyFile ?? Path.Combine(options.DataDirectory, "master.key");
        if (File.Exists(master)) { yield return Mode(master, PrivateFile.ForbiddenOf(master), "the master key", "0600"); }
        if (options.PolicyFile is { } file && File.Exists(file)) { yield return Mode(file, OthersWrite, "the policy", "0644"); }
        IEnumerable<string> identities = policy?.Tenants.Values.SelectMany(tenant => tenant.Targets.Values).OfType<SshTarget>().Select(target => target.IdentityFile).Distinct(StringComparer.Ordinal) ?? [];
        foreach (string identity in identities)
        {
            yield return File.Exists(identity)
                ? Mode(identity, PrivateFile.ForbiddenOf(identity), "an identity of targets", "0600")
                : new Finding(identity, Severity.Warning, "is not there, or not to be seen by this user", "targets that log in with it cannot be reached", $"ssh-keygen -t ed25519 -f {identity}");
        }
    }

    /// <param name="lastScrape">Null when no broker answers; negative when it was never scraped.</param>
    public static Finding OfScrape(double? lastScrape) => lastScrape switch
    {
        null => new Finding("metrics", Severity.Ok, "no broker answers here, so it is not known whether it is scraped"),
        < 0 => new Finding("metrics", Severity.Warning, "never scraped since the broker started", "floods, guessing and failing sessions are seen in metrics first; nobody looks", "scrape http://METRICS_ADDR/metrics (grafana/ holds a configuration, rules and alerts)"),
        > 300 => new Finding("metrics", Severity.Warning, $"last scraped {lastScrape:0} s ago", "floods, guessing and failing sessions are seen in metrics first; nobody looks any more", "look at the Prometheus target's error"),
        _ => new Finding("metrics", Severity.Ok, $"scraped {lastScrape:0} s ago"),
    };

    private static Finding Mode(string path, UnixFileMode forbidden, string what, string wanted)
    {
        UnixFileMode mode = File.GetUnixFileMode(path);
        return (mode & forbidden) == 0
            ? new Finding(path, Severity.Ok, $"{what}: {Convert.ToString((int)mode, 8)}")
            : new Finding(path, Severity.Critical, $"{what}: {Convert.ToString((int)mode, 8)}", "other accounts of this machine can read or change it", $"chmod {wanted} {path}");
    }

    private static long? Number(string file)
    {
        try
        {
            return long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        }
        catch (Exception unreadable) when (unreadable is IOException or FormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static unsafe partial int Adjust(byte* timex);
}
