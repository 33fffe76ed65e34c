namespace MoshBroker.Client.Bootstrap;

/// <summary>Who finds out the address that datagrams go to.</summary>
internal enum RemoteIpMode
{
    /// <summary>We connect for ssh, and so know the address.</summary>
    Proxy,

    /// <summary>The name is looked up here, and ssh gets the number.</summary>
    Local,

    /// <summary>The far end says which of its addresses ssh reached.</summary>
    Remote,
}
