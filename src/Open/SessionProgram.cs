using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>What runs in the session: the command that was given, or the user's login shell.</summary>
internal sealed class SessionProgram
{
    private SessionProgram(byte[] name, byte[][] words, byte[]? home, bool isLogin)
    {
        Name = name;
        Words = words;
        Home = home;
        IsLogin = isLogin;
    }

    /// <summary>argv[0] as the program sees it.</summary>
    public byte[] Name { get; }

    /// <summary>The program, looked up in PATH unless it has a slash, and its arguments.</summary>
    public byte[][] Words { get; }

    /// <summary>The directory to start in; null when neither HOME nor passwd knows one.</summary>
    public byte[]? Home { get; }

    /// <summary>It is the login shell, so the message of the day comes first.</summary>
    public bool IsLogin { get; }

    public static SessionProgram From(byte[][] command, EnvironmentBlock environment)
    {
        byte[]? home = NonEmpty(environment.Find("HOME"u8));
        byte[]? shell = command.Length > 0 ? command[0] : NonEmpty(environment.Find("SHELL"u8));
        if (home is null || shell is null)
        {
            // Asked only when needed: the name service may have to load libraries or ask over the network.
            (byte[] Home, byte[] Shell)? entry = UserNative.PasswdEntry();
            home ??= NonEmpty(entry?.Home);
            shell ??= NonEmpty(entry?.Shell) ?? "/bin/sh"u8.ToArray();
        }

        if (command.Length > 0) { return new SessionProgram(command[0], command, home, isLogin: false); }
        ReadOnlySpan<byte> baseName = shell.AsSpan(shell.AsSpan().LastIndexOf((byte)'/') + 1);
        return new SessionProgram(new ByteText().Append("-"u8).Append(baseName).ToArray(), [shell], home, isLogin: true);
    }

    /// <summary>A line for lists of sessions: the words with blanks between, at most <paramref name="limit"/> bytes of whole characters.</summary>
    public byte[] ToDisplay(int limit)
    {
        if (IsLogin) { return Cut(Name, limit); }
        var text = new ByteText();
        foreach (byte[] word in Words)
        {
            if (!text.Span.IsEmpty) { text.Append(" "u8); }
            text.Append(word);
            if (text.Span.Length > limit) { break; }
        }

        return Cut(text.Span, limit);
    }

    private static byte[] Cut(ReadOnlySpan<byte> text, int limit)
    {
        if (text.Length > limit)
        {
            // Not in the middle of a UTF-8 sequence.
            while (limit > 0 && (text[limit] & 0xc0) == 0x80) { limit--; }
            text = text[..limit];
        }

        return text.ToArray();
    }

    private static byte[]? NonEmpty(byte[]? text) => text is { Length: > 0 } ? text : null;
}
