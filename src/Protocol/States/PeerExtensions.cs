namespace MoshBroker.Protocol.States;

/// <summary>What client and broker can do beyond stock's protocol (docs/protocol-extensions.md). The client says what it knows, the broker what of it it grants.</summary>
[Flags]
public enum PeerExtensions
{
    /// <summary>Stock's protocol.</summary>
    None = 0,

    /// <summary>Diffs may hold what stock's emulator does not know: faint and its like, hyperlinks, the cursor's shape.</summary>
    FullScreen = 1,

    /// <summary>The client may ask how the session does.</summary>
    Health = 2,

    /// <summary>The broker says by which other addresses it can be reached.</summary>
    Addresses = 4,

    /// <summary>Datagrams may travel through ssh when UDP does not get through.</summary>
    Stream = 16,

    /// <summary>All of them.</summary>
    All = FullScreen | Health | Addresses | Stream,
}
