namespace MoshBroker.Configuration;

/// <summary>What defaults depend on.</summary>
internal sealed record HostEnvironment(Func<string, string?> Variable, bool IsRoot, string HostName, string WorkingDirectory)
{
    public static HostEnvironment Real { get; } = new(
        Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess, Environment.MachineName, Environment.CurrentDirectory);

    /// <summary>An XDG base folder; null when it is unset or relative, which the XDG specification tells us to ignore.</summary>
    public string? XdgFolder(string variable) => Variable(variable) is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;

    /// <summary>The data folder when nobody names one; null when there is no home either.</summary>
    public string? DefaultDataDirectory()
    {
        if (XdgFolder("XDG_STATE_HOME") is { } state) { return Path.Combine(state, "moshbroker"); }
        if (IsRoot) { return "/var/lib/moshbroker"; }
        return XdgFolder("HOME") is { } home ? Path.Combine(home, ".local/state/moshbroker") : null;
    }

    /// <summary>The control socket when nobody names one.</summary>
    public string DefaultSocket(string dataDirectory)
    {
        if (XdgFolder("XDG_RUNTIME_DIR") is { } runtime) { return Path.Combine(runtime, "moshbroker/broker.sock"); }
        return IsRoot ? "/run/moshbroker/broker.sock" : Path.Combine(dataDirectory, "broker.sock");
    }
}
