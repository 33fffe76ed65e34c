namespace MoshBroker.Protocol.Wire;

/// <summary>What one instruction of a UserMessage says.</summary>
public enum UserInstructionKind
{
    /// <summary>Nothing that is known here; skip it.</summary>
    None,

    /// <summary>The user typed <see cref="UserMessageReader.Keys"/>.</summary>
    Keystroke,

    /// <summary>The user's window became <see cref="UserMessageReader.Columns"/> by <see cref="UserMessageReader.Rows"/>.</summary>
    Resize,

    /// <summary>The client knows <see cref="UserMessageReader.Extensions"/>. No event.</summary>
    Hello,

    /// <summary>The client asks question number <see cref="UserMessageReader.Question"/>.</summary>
    Question,
}
