namespace MoshBroker.Protocol.Wire;

/// <summary>Reads a HostMessage (server to client diff) instruction by instruction, in place.</summary>
/// <remarks>
/// Call <see cref="TryNext"/> until it is false, then look at <see cref="IsMalformed"/>. An instruction that holds several parts counts as the
/// first of bytes, resize, echo-ack, as the stock client has it. Sizes are as sent: not checked. Borrows its buffer.
/// </remarks>
public ref struct HostMessageReader(ReadOnlySpan<byte> message)
{
    private FieldReader _message = new(message);

    /// <summary>What the present instruction asks for.</summary>
    public HostInstructionKind Kind { get; private set; }

    /// <summary>Terminal output to apply, for <see cref="HostInstructionKind.HostBytes"/>.</summary>
    public ReadOnlySpan<byte> HostBytes { get; private set; }

    /// <summary>Width asked for, for <see cref="HostInstructionKind.Resize"/>; 0 when absent.</summary>
    public int Columns { get; private set; }

    /// <summary>Height asked for, for <see cref="HostInstructionKind.Resize"/>; 0 when absent.</summary>
    public int Rows { get; private set; }

    /// <summary>A number of a client state, for <see cref="HostInstructionKind.EchoAck"/>.</summary>
    public ulong EchoAck { get; private set; }

    /// <summary>For <see cref="HostInstructionKind.Notes"/>: what <see cref="ServerNotesCodec"/> reads.</summary>
    public ReadOnlySpan<byte> Notes { get; private set; }

    /// <summary>True when reading stopped at something that is no HostMessage, instead of at the end.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Steps to the next instruction; false at the end and when the message is malformed.</summary>
    public bool TryNext()
    {
        while (!IsMalformed && _message.TryNext())
        {
            if (!_message.IsBytes(HostMessageCodec.InstructionField))
                continue;
            if (TryReadInstruction(_message.Bytes))
                return true;
            IsMalformed = true;
        }

        IsMalformed |= _message.IsMalformed;
        Kind = HostInstructionKind.None;
        return false;
    }

    private bool TryReadInstruction(ReadOnlySpan<byte> instruction)
    {
        bool hasBytes = false;
        bool hasResize = false;
        bool hasEchoAck = false;
        bool hasNotes = false;
        HostBytes = default;
        Columns = 0;
        Rows = 0;
        EchoAck = 0;

        FieldReader parts = new(instruction);
        while (parts.TryNext())
        {
            if (parts.Type != FieldReader.LengthDelimitedType)
                continue;

            FieldReader fields = new(parts.Bytes);
            switch (parts.Number)
            {
                case HostMessageCodec.HostBytesField:
                    hasBytes = true;
                    while (fields.TryNext())
                    {
                        if (fields.IsBytes(HostMessageCodec.HostStringField))
                            HostBytes = fields.Bytes;
                    }

                    break;
                case HostMessageCodec.ResizeField:
                    hasResize = true;
                    while (fields.TryNext())
                    {
                        // An int32 travels as 64 bits of which the parser keeps the lower 32.
                        if (fields.IsVarint(HostMessageCodec.WidthField))
                            Columns = unchecked((int)fields.Value);
                        else if (fields.IsVarint(HostMessageCodec.HeightField))
                            Rows = unchecked((int)fields.Value);
                    }

                    break;
                case HostMessageCodec.EchoAckField:
                    hasEchoAck = true;
                    while (fields.TryNext())
                    {
                        if (fields.IsVarint(HostMessageCodec.EchoAckNumField))
                            EchoAck = fields.Value;
                    }

                    break;
                case ServerNotesCodec.NotesField:
                    hasNotes = true;
                    Notes = parts.Bytes;
                    continue;
                default:
                    continue;
            }

            if (fields.IsMalformed)
                return false;
        }

        Kind = hasBytes ? HostInstructionKind.HostBytes
            : hasResize ? HostInstructionKind.Resize
            : hasEchoAck ? HostInstructionKind.EchoAck
            : hasNotes ? HostInstructionKind.Notes
            : HostInstructionKind.None;
        return !parts.IsMalformed;
    }
}
