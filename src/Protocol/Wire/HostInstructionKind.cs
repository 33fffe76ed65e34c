namespace MoshBroker.Protocol.Wire;

/// <summary>What one instruction of a HostMessage asks for.</summary>
public enum HostInstructionKind
{
    /// <summary>Nothing that is known here; skip it.</summary>
    None,

    /// <summary>Feed <see cref="HostMessageReader.HostBytes"/> to the emulator.</summary>
    HostBytes,

    /// <summary>Resize the emulator to <see cref="HostMessageReader.Columns"/> by <see cref="HostMessageReader.Rows"/>.</summary>
    Resize,

    /// <summary>The server's echo acknowledgement is now <see cref="HostMessageReader.EchoAck"/>.</summary>
    EchoAck,

    /// <summary>Take <see cref="HostMessageReader.Notes"/>; only from a broker that was told that we understand.</summary>
    Notes,
}
