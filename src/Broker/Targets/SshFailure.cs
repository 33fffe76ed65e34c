namespace MoshBroker.Targets;

/// <summary>OpenSSH's last words as one plain line for the user: what is wrong with his target, and nothing of the broker's insides.</summary>
internal static class SshFailure
{
    /// <summary>In this order; the first piece of text that is there decides.</summary>
    private static readonly (string Text, string Line)[] Known =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", "its host key has changed; your administrator must look at this"),
        ("Host key verification failed", "its host key is not the one that is on file; your administrator must look at this"),
        ("host key is known for", "its host key is not the one that is on file; your administrator must look at this"),
        ("Could not resolve hostname", "its name is not known"),
        ("Connection refused", "it refuses the connection"),
        ("No route to host", "there is no way to it"),
        ("Network is unreachable", "there is no way to it"),
        ("timed out", "it does not answer"),
        ("Permission denied", "it does not let the broker in; your administrator must look at this"),
        ("Too many authentication failures", "it does not let the broker in; your administrator must look at this"),
        ("Connection reset", "it broke the connection off"),
        ("Connection closed", "it broke the connection off"),
        ("Unable to negotiate", "it has no algorithm in common with the broker; your administrator must look at this"),
    ];

    public static string LineOf(string target, string errors)
    {
        foreach ((string text, string line) in Known)
        {
            if (errors.Contains(text, StringComparison.OrdinalIgnoreCase)) { return $"{target}: {line}"; }
        }

        return $"{target}: the connection failed";
    }
}
