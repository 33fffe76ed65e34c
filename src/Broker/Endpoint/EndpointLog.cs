namespace MoshBroker.Endpoint;

/// <summary>What ports have to tell an operator, at most once a minute each.</summary>
internal sealed partial class EndpointLog(ILogger<SharedPort> logger)
{
    [LoggerMessage(
        EventId = 200,
        Level = LogLevel.Information,
        Message = "UDP port {Port}: {Count} datagrams dropped since the last such line; in all: unknown source {Unknown}, not authentic {AuthFailed}, budget spent {Budget}, queue full {QueueFull}, by the kernel {Kernel}; the budget's tables hold {Sources} sources and {Networks} networks, in {Places} places each")]
    public partial void Dropped(int port, long count, long unknown, long authFailed, long budget, long queueFull, uint kernel, int sources, int networks, int places);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "UDP port {Port}: a datagram from {Network} was dropped ({Reason}); {Others} others, from anywhere, since the last such line")]
    public partial void FirstDrop(int port, string network, string reason, long others);

    [LoggerMessage(EventId = 201, Level = LogLevel.Error, Message = "UDP port {Port}: a datagram could not be handled; this is told once, and the port goes on")]
    public partial void Failed(int port, Exception failure);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "UDP ports {Range}: {Taken} of {Count} are in use already, by another broker perhaps; sessions get the others. To be sure of all, choose a range of its own by --ports")]
    public partial void PortsTaken(string range, int taken, int count);
}
