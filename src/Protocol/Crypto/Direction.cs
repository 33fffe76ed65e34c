namespace MoshBroker.Protocol.Crypto;

/// <summary>Which way a datagram travels: bit 63 of its clear nonce word.</summary>
public enum Direction
{
    /// <summary>Bit clear.</summary>
    ClientToServer = 0,

    /// <summary>Bit set.</summary>
    ServerToClient = 1,
}
