namespace MoshBroker.FrontDoor;

/// <summary>What has been read of a <see cref="ProxyHeader"/>.</summary>
internal enum ProxyOutcome
{
    Incomplete,
    Whole,
    Malformed,
}
