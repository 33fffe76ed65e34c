namespace MoshBroker.Protocol.Wire;

/// <summary>Reads a UserMessage (client to server diff) instruction by instruction, in place.</summary>
/// <remarks>
/// Call <see cref="TryNext"/> until it is false, then look at <see cref="IsMalformed"/>. An instruction with both parts is a keystroke. Sizes are as
/// sent: not checked. Borrows its buffer.
/// </remarks>
public ref struct UserMessageReader(ReadOnlySpan<byte> message)
{
    private FieldReader _message = new(message);

    /// <summary>What the present instruction says.</summary>
    public UserInstructionKind Kind { get; private set; }

    /// <summary>The bytes typed, for <see cref="UserInstructionKind.Keystroke"/>.</summary>
    public ReadOnlySpan<byte> Keys { get; private set; }

    /// <summary>Width of the window, for <see cref="UserInstructionKind.Resize"/>; 0 when absent.</summary>
    public int Columns { get; private set; }

    /// <summary>Height of the window, for <see cref="UserInstructionKind.Resize"/>; 0 when absent.</summary>
    public int Rows { get; private set; }

    /// <summary>For <see cref="UserInstructionKind.Hello"/>; unknown bits included.</summary>
    public uint Extensions { get; private set; }

    /// <summary>For <see cref="UserInstructionKind.Question"/>.</summary>
    public ushort Question { get; private set; }

    /// <summary>True when reading stopped at something that is no UserMessage, instead of at the end.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Steps to the next instruction; false at the end and when the message is malformed.</summary>
    public bool TryNext()
    {
        while (!IsMalformed && _message.TryNext())
        {
            if (!_message.IsBytes(UserMessageCodec.InstructionField))
                continue;
            if (TryReadInstruction(_message.Bytes))
                return true;
            IsMalformed = true;
        }

        IsMalformed |= _message.IsMalformed;
        Kind = UserInstructionKind.None;
        return false;
    }

    private bool TryReadInstruction(ReadOnlySpan<byte> instruction)
    {
        bool hasKeys = false;
        bool hasResize = false;
        Keys = default;
        Columns = 0;
        Rows = 0;
        UserInstructionKind extension = UserInstructionKind.None;

        FieldReader parts = new(instruction);
        while (parts.TryNext())
        {
            if (parts.IsBytes(UserMessageCodec.HelloField) || parts.IsBytes(UserMessageCodec.QuestionField))
            {
                ulong number = NumberIn(parts.Bytes);
                Extensions = unchecked((uint)number);
                Question = unchecked((ushort)number);
                extension = parts.Number == UserMessageCodec.HelloField ? UserInstructionKind.Hello : UserInstructionKind.Question;
                continue;
            }

            bool isKeys = parts.IsBytes(UserMessageCodec.KeystrokeField);
            if (!isKeys && !parts.IsBytes(UserMessageCodec.ResizeField))
                continue;

            hasKeys |= isKeys;
            hasResize |= !isKeys;
            FieldReader fields = new(parts.Bytes);
            while (fields.TryNext())
            {
                // An int32 travels as 64 bits of which the parser keeps the lower 32.
                if (isKeys && fields.IsBytes(UserMessageCodec.KeysField))
                    Keys = fields.Bytes;
                else if (!isKeys && fields.IsVarint(UserMessageCodec.WidthField))
                    Columns = unchecked((int)fields.Value);
                else if (!isKeys && fields.IsVarint(UserMessageCodec.HeightField))
                    Rows = unchecked((int)fields.Value);
            }

            if (fields.IsMalformed)
                return false;
        }

        Kind = hasKeys ? UserInstructionKind.Keystroke
            : hasResize ? UserInstructionKind.Resize
            : extension;
        return !parts.IsMalformed;
    }

    private static ulong NumberIn(ReadOnlySpan<byte> message)
    {
        ulong number = 0;
        FieldReader fields = new(message);
        while (fields.TryNext())
        {
            if (fields.IsVarint(UserMessageCodec.NumberField))
                number = fields.Value;
        }

        return number;
    }
}
