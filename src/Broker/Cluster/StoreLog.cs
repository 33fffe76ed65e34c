namespace MoshBroker.Cluster;

/// <summary>What an operator should know of the store. 1200 to 1219.</summary>
internal sealed partial class StoreLog(ILogger logger)
{
    [LoggerMessage(1200, LogLevel.Error, "{Reason}")]
    public partial void Lost(string reason);

    [LoggerMessage(1201, LogLevel.Information, "The store is back")]
    public partial void Back();

    [LoggerMessage(1202, LogLevel.Information, "{Resealed} secrets were sealed anew under master key version {Version}; {Unopened} did not open and were left")]
    public partial void Resealed(int resealed, byte version, int unopened);

    [LoggerMessage(1203, LogLevel.Information, "Node {Node} joined as incarnation {Incarnation}; {Others} others hold a lease")]
    public partial void Joined(string node, long incarnation, int others);

    [LoggerMessage(1204, LogLevel.Warning, "The name {Node} is in use; its lease is waited for")]
    public partial void NameTaken(string node);

    [LoggerMessage(1205, LogLevel.Error, "Another process has taken the name {Node}: this one leaves, and sends nothing more")]
    public partial void Superseded(string node);

    [LoggerMessage(1206, LogLevel.Warning, "The lease of {Node} was not renewed: {Reason}")]
    public partial void NotRenewed(string node, string reason);
}
