namespace MoshBroker.Tenants;

/// <summary>How a command target becomes its account.</summary>
internal enum Launcher
{
    /// <summary>The broker is root and starts it so.</summary>
    Broker,

    /// <summary>By <c>setpriv</c>, with capabilities that the broker has been given.</summary>
    Setpriv,

    /// <summary>By <c>systemd-run</c>, in a unit of its own.</summary>
    SystemdRun,
}
