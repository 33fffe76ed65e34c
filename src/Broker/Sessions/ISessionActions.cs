namespace MoshBroker.Sessions;

/// <summary>What an operator can do to a session that lives; each is noted in the audit trail, and false when there is no such session.</summary>
internal interface ISessionActions
{
    /// <summary>Ends it in good order.</summary>
    bool Close(string id, string by);

    /// <summary>Hides the screen and takes no keys; the program goes on.</summary>
    bool Lock(string id, string by);

    bool Unlock(string id, string by);

    /// <summary>Puts a line on the user's screen.</summary>
    bool Say(string id, string by, string line);

    /// <summary>Tells one client that it is over for him.</summary>
    bool Detach(string id, string by, int channel);

    /// <summary>Begins to show a screen; null when there is no such session.</summary>
    ScreenTap? Watch(string id, string by);

    /// <summary>A frame has been taken: there may be another.</summary>
    void Taken(string id);

    /// <summary>Ends the showing.</summary>
    void Unwatch(string id, ScreenTap tap);
}
