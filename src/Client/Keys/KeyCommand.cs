namespace MoshBroker.Client.Keys;

/// <summary>What the user asked the client itself to do.</summary>
internal enum KeyCommand
{
    None,

    /// <summary>The escape key was typed: tell what can follow.</summary>
    ShowHelp,

    Quit,

    Suspend,

    /// <summary>Round-trip time, loss and what is predicted, in the notification bar.</summary>
    ShowConnection,

    /// <summary>The screen is drawn anew; the key goes to the server too.</summary>
    Repaint,
}
