namespace MoshBroker.Configuration;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>It was understood, and could not be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The broker has left its sessions to the next one, which is to be started. For supervisors.</summary>
    public const int HandedOver = 75;
}
