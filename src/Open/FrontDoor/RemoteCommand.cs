namespace MoshBroker.Open.FrontDoor;

/// <summary>What a client asked sshd to run, taken apart by hand: no shell ever sees it.</summary>
/// <remarks>
/// Stock mosh sends <c>[PREFIX]SERVER 'new' 'OPTION'… ['--' 'WORD'…]</c>, in which SERVER is whatever the user wrote; other clients of mosh
/// leave the quotes out. Everything else is the words of a plain ssh.
/// </remarks>
internal sealed class RemoteCommand
{
    /// <summary>More than any honest client sends: fifteen locale variables, a target and some words.</summary>
    public const int MaxLength = 16 * 1024;

    private RemoteCommand(bool isMosh, bool wantsAddress, byte[][] words, string? fault) =>
        (IsMosh, WantsAddress, Words, Fault) = (isMosh, wantsAddress, words, fault);

    /// <summary>The client is mosh's wrapper, and waits for a connect line.</summary>
    public bool IsMosh { get; }

    /// <summary>The wrapper wants to be told at which address sshd was reached (<c>--experimental-remote-ip=remote</c>).</summary>
    public bool WantsAddress { get; }

    /// <summary>Of mosh: what follows SERVER, <c>new</c> first. Of ssh: the words.</summary>
    public byte[][] Words { get; }

    /// <summary>A client of ours wants its datagrams to come this way; what it calls its channel by.</summary>
    public byte[]? StreamName { get; private init; }

    /// <summary>Why the command is refused; null when it is not.</summary>
    public string? Fault { get; }

    public static RemoteCommand Parse(ReadOnlySpan<byte> command)
    {
        if (command.Length > MaxLength) { return Refuse("the command is longer than any that mosh or ssh needs here"); }
        if (command.IndexOf((byte)0) >= 0) { return Refuse("the command has a zero byte in it"); }
        bool wantsAddress = TryTakePrefix(ref command);
        ReadOnlySpan<byte> new_ = "'new'"u8;
        bool any = false;
        for (int from = 0; command[from..].IndexOf(new_) is >= 0 and int at;)
        {
            int start = from + at;
            from = start + 1;
            if (start > 0 && command[start - 1] != (byte)' ') { continue; }
            any = true;
            if (ShellWords.TrySplit(command[start..], onlyQuoted: true, out byte[][] quoted)) { return new RemoteCommand(true, wantsAddress, quoted, null); }
        }

        if (any) { return Refuse("the command that mosh sent is malformed: its words are not in single quotes"); }
        if (!ShellWords.TrySplit(command, onlyQuoted: false, out byte[][] words)) { return Refuse("the command has a quote that is not closed"); }
        if (words.Length >= 4 && Arguments.IsStream(words.AsSpan(words.Length - 3))) { return new RemoteCommand(false, false, [], null) { StreamName = words[^2] }; }
        for (int i = 0; i + 1 < words.Length; i++)
        {
            if (IsServer(words[i]) && words[i + 1].AsSpan().SequenceEqual("new"u8)) { return new RemoteCommand(true, wantsAddress, words[(i + 1)..], null); }
        }

        return wantsAddress ? Refuse("the command that mosh sent is malformed: there is no 'new' in it") : new RemoteCommand(false, false, words, null);
    }

    private static bool IsServer(ReadOnlySpan<byte> word) => word[(word.LastIndexOf((byte)'/') + 1)..].SequenceEqual("mosh-server"u8);

    /// <summary>The wrapper's own piece of shell, which is answered, not run.</summary>
    private static bool TryTakePrefix(ref ReadOnlySpan<byte> command)
    {
        ReadOnlySpan<byte> start = "sh -c '"u8;
        ReadOnlySpan<byte> end = "' ; "u8;
        if (!command.StartsWith(start)) { return false; }
        int length = command[start.Length..].IndexOf(end);
        if (length < 0 || command.Slice(start.Length, length).IndexOf("MOSH SSH_CONNECTION "u8) < 0) { return false; }
        command = command[(start.Length + length + end.Length)..];
        return true;
    }

    private static RemoteCommand Refuse(string fault) => new(false, false, [], fault);
}
