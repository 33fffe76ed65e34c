namespace MoshBroker.Client.Prediction;

/// <summary>What was typed, as far as its effect can be predicted.</summary>
internal enum TypedKey
{
    /// <summary>A sequence or a character is not complete yet.</summary>
    None,

    Character,
    Backspace,
    Enter,
    Left,
    Right,

    /// <summary>Its effect can't be known.</summary>
    Other,
}
