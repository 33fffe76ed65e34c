namespace MoshBroker.Client.Bootstrap;

/// <summary>The command that starts a server, as stock's wrapper writes it, so that every server that takes stock's takes ours. Pure.</summary>
internal static class RemoteCommand
{
    private const string TellConnection =
        "sh -c '[ -n \"$SSH_CONNECTION\" ] && printf \"\\nMOSH SSH_CONNECTION %s\\n\" \"$SSH_CONNECTION\"' ; ";

    private static readonly string[] LocaleVariables =
    [
        "LANG", "LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_PAPER", "LC_NAME", "LC_ADDRESS",
        "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION", "LC_ALL",
    ];

    /// <summary>One line for the far end's shell; only the server's own words are not quoted.</summary>
    public static string Compose(ConnectOptions options, bool tellsConnection, int colors, Func<string, string?> environment) =>
        (tellsConnection ? TellConnection : "") + options.Server + " " + string.Join(' ', Words(options, colors, environment).Select(ShellQuote.Word));

    /// <summary>One line that runs the broker's end of a stream of datagrams; stock's server takes it for a mistake, and ends.</summary>
    public static string ComposeStream(ConnectOptions options, string channel) => $"{options.Server} stream {channel} 1";

    /// <summary>What follows the server's name.</summary>
    public static List<string> Words(ConnectOptions options, int colors, Func<string, string?> environment)
    {
        List<string> words = ["new", "-c", colors.ToString()];
        switch (options.BindServer?.ToLowerInvariant())
        {
            case null when options.IsLocal: words.AddRange(["-i", options.Destination]); break;
            case null or "ssh": words.Add("-s"); break;
            case "any": break;
            default: words.AddRange(["-i", options.BindServer]); break;
        }

        if (options.Ports is { } ports) { words.AddRange(["-p", ports]); }
        foreach (string name in LocaleVariables)
        {
            if (environment(name) is { } value) { words.AddRange(["-l", name + "=" + value]); }
        }

        if (options.Command.Count > 0)
        {
            words.Add("--");
            words.AddRange(options.Command);
        }

        return words;
    }
}
