namespace MoshBroker.FrontDoor;

/// <summary>Compares what sshd says of itself (<c>sshd -T</c>) with what was promised.</summary>
internal static class SshdCheck
{
    /// <summary>Settings that may not be there at all, whatever a patched OpenSSH adds by itself.</summary>
    private static readonly string[] Absent = ["subsystem", "acceptenv", "permitopen", "permitlisten", "authorizedprincipalscommand"];

    /// <summary>Ways in that are built into some OpenSSH only; where they are, they are off.</summary>
    private static readonly string[] OffWhereKnown = ["gssapiauthentication", "kerberosauthentication", "gssapikeyexchange", "challengeresponseauthentication", "kbdinteractiveauthentication"];

    /// <summary>The first setting that is weaker than promised, in words; null when there is none.</summary>
    public static string? FindFault(SshdSettings promised, string effective)
    {
        Dictionary<string, List<string>> settings = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in effective.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            (string name, string value) = blank < 0 ? (line, "") : (line[..blank], line[(blank + 1)..].Trim());
            if (!settings.TryGetValue(name, out List<string>? values)) { settings[name] = values = []; }
            values.Add(value);
        }

        foreach ((string name, string value) in promised.Single)
        {
            string[] found = settings.TryGetValue(name, out List<string>? values) ? [.. values] : [];
            if (found.Length == 0) { return $"{name} is not known to this sshd; it should be '{value}'"; }
            if (found.Length != 1 || !string.Equals(found[0], value, StringComparison.OrdinalIgnoreCase))
            {
                return $"{name} is '{string.Join(", ", found)}' and should be '{value}'";
            }
        }

        foreach ((string name, IReadOnlyList<string> allowed) in promised.Lists)
        {
            string[] found = settings.TryGetValue(name, out List<string>? values) ? values[0].Split(',') : [];
            if (found.Length == 0) { return $"{name} is not known to this sshd"; }
            if (Array.Find(found, item => !allowed.Contains(item, StringComparer.Ordinal)) is { } weak) { return $"{name} has '{weak}', which is not among {string.Join(", ", allowed)}"; }
        }

        foreach (string name in OffWhereKnown)
        {
            if (settings.TryGetValue(name, out List<string>? values) && values.Exists(value => value != "no")) { return $"{name} is '{values[0]}' and should be 'no'"; }
        }

        foreach (string name in Absent)
        {
            if (settings.TryGetValue(name, out List<string>? values) && values.Exists(value => value is not ("none" or "any"))) { return $"{name} is '{values[0]}' and should not be there"; }
        }

        return null;
    }
}
