namespace MoshBroker.Protocol.Wire;

/// <summary>The fields of a TransportInstruction: from one numbered state to another.</summary>
/// <remarks>Borrows its buffers.</remarks>
public readonly ref struct InstructionView
{
    /// <summary>The only protocol version there is.</summary>
    public const uint CurrentVersion = 2;

    /// <summary>2^64-1: as a new state, "this is my last"; as an acknowledgement, "I have your last".</summary>
    public const ulong ShutdownNum = ulong.MaxValue;

    /// <summary>0 when the field is missing.</summary>
    public uint ProtocolVersion { get; init; }

    /// <summary>Number of the sender's state that the diff starts from.</summary>
    public ulong OldNum { get; init; }

    /// <summary>Number of the state that the diff makes.</summary>
    public ulong NewNum { get; init; }

    /// <summary>Newest of the receiver's states that the sender holds.</summary>
    public ulong AckNum { get; init; }

    /// <summary>The sender will not start a diff from a state below this one any more.</summary>
    public ulong ThrowawayNum { get; init; }

    /// <summary>A serialised UserMessage or HostMessage; empty when the new state equals the old one.</summary>
    public ReadOnlySpan<byte> Diff { get; init; }

    /// <summary>Random bytes that hide the length of the rest; 0 to 16 of them.</summary>
    public ReadOnlySpan<byte> Chaff { get; init; }
}
