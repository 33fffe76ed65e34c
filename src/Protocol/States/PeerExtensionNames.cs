namespace MoshBroker.Protocol.States;

/// <summary>Extensions as they are written on command lines.</summary>
public static class PeerExtensionNames
{
    private static readonly (string Name, PeerExtensions Extension)[] Names =
    [
        ("screen", PeerExtensions.FullScreen), ("health", PeerExtensions.Health), ("addresses", PeerExtensions.Addresses),
        ("stream", PeerExtensions.Stream),
    ];

    /// <summary>All names, with commas between.</summary>
    public static string All => string.Join(',', Names.Select(entry => entry.Name));

    /// <summary>A list of names with commas between, "all" or "off"; false when one is not known.</summary>
    public static bool TryParse(string text, out PeerExtensions extensions)
    {
        extensions = text == "all" ? PeerExtensions.All : PeerExtensions.None;
        if (text is "all" or "off")
            return true;
        foreach (string word in text.Split(','))
        {
            int at = Array.FindIndex(Names, entry => entry.Name == word.Trim());
            if (at < 0)
                return false;
            extensions |= Names[at].Extension;
        }

        return true;
    }
}
