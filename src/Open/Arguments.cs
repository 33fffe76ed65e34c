namespace MoshBroker.Open;

/// <summary>The command line, read as mosh-server's is: options anywhere before <c>--</c>, unknown ones reported and passed over.</summary>
internal sealed class Arguments
{
    private const int StreamNameLength = 32;

    private bool _isFrontDoor;

    private Arguments()
    {
    }

    public static ReadOnlySpan<byte> Usage =>
        "Usage: moshbroker open [new] [-s] [-v] [-i LOCALADDR] [-p PORT[:PORT2]] [-c COLORS] [-l NAME=VALUE] [--broker SOCKET] [-- COMMAND...]\n"u8;

    public Verdict Verdict { get; private set; }

    /// <summary>Lines for stderr, in the order in which they came up; they end with the reason when the verdict is to refuse.</summary>
    public ByteText Notices { get; } = new();

    public byte[]? BrokerSocket { get; private set; }

    /// <summary>The address to bind, in numbers; null for the broker's default.</summary>
    public byte[]? BindAddress { get; private set; }

    /// <summary>The address came from SSH_CONNECTION (<c>-s</c>), not from <c>-i</c>.</summary>
    public bool IsBindAddressFromSsh { get; private set; }

    public PortRange? Ports { get; private set; }

    public int Colors { get; private set; }

    public bool IsVerbose { get; private set; }

    /// <summary>Asked for by <c>moshbroker probe</c>, which marks itself by <c>-@</c>: a word that is for lists of processes otherwise.</summary>
    public bool IsProbe { get; private set; }

    /// <summary>What <c>-l</c> gave, <c>NAME=VALUE</c> each; only names of <see cref="LocaleRule"/>.</summary>
    public List<byte[]> LocaleSettings { get; } = [];

    /// <summary>Of <c>stream NAME 1</c>: what the client calls its channel by, whose datagrams are to come this way; null otherwise.</summary>
    public byte[]? StreamName { get; private set; }

    /// <summary>Words after <c>--</c>; empty for a login shell.</summary>
    public byte[][] Command { get; private set; } = [];

    /// <param name="isFrontDoor">The words come from afar: what the contract does not have is refused, and which broker is not theirs to say.</param>
    public static Arguments Parse(ReadOnlySpan<byte[]> words, byte[]? sshConnection, bool isFrontDoor = false)
    {
        var arguments = new Arguments { _isFrontDoor = isFrontDoor };
        int end = IndexOf(words, "--"u8);
        if (end >= 0) { arguments.Command = words[(end + 1)..].ToArray(); }
        ReadOnlySpan<byte[]> before = end < 0 ? words : words[..end];

        if (IndexOf(before, "--help"u8) >= 0 || IndexOf(before, "-h"u8) >= 0) { arguments.Verdict = Verdict.ShowHelp; }
        else if (IndexOf(before, "--version"u8) >= 0) { arguments.Verdict = Verdict.ShowVersion; }
        else { arguments.ReadOptions(isFrontDoor ? before : arguments.TakeBrokerSocket(before), sshConnection); }
        return arguments;
    }

    private static int IndexOf(ReadOnlySpan<byte[]> words, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i].AsSpan().SequenceEqual(word)) { return i; }
        }

        return -1;
    }

    /// <summary><c>--broker SOCKET</c> is ours and may stand before <c>new</c>: mosh's wrapper appends its words to those of <c>--server</c>.</summary>
    private byte[][] TakeBrokerSocket(ReadOnlySpan<byte[]> words)
    {
        ReadOnlySpan<byte> name = "--broker"u8;
        byte[][] rest = new byte[words.Length][];
        int count = 0;
        for (int i = 0; i < words.Length; i++)
        {
            ReadOnlySpan<byte> word = words[i];
            if (word.SequenceEqual(name) && i + 1 < words.Length) { BrokerSocket = words[++i]; }
            else if (word.Length > name.Length && word.StartsWith(name) && word[name.Length] == (byte)'=') { BrokerSocket = word[(name.Length + 1)..].ToArray(); }
            else if (word.SequenceEqual(name)) { Refuse("--broker needs the path of a socket"u8); }
            else { rest[count++] = words[i]; }
        }

        return rest.AsSpan(0, count).ToArray();
    }

    private void ReadOptions(ReadOnlySpan<byte[]> words, byte[]? sshConnection)
    {
        if (Verdict == Verdict.Refuse || words.IsEmpty) { return; }
        if (words[0].AsSpan().SequenceEqual("new"u8)) { words = words[1..]; }
        else if (words[0].Length == 0 || words[0][0] != (byte)'-')
        {
            ReadLegacyForm(words);
            return;
        }

        bool complained = false;
        for (int i = 0; i < words.Length && Verdict == Verdict.Open; i++)
        {
            ReadOnlySpan<byte> word = words[i];
            if (word.Length < 2 || word[0] != (byte)'-')
            {
                if (_isFrontDoor) { Complain(ref complained, default, word); }
                else { Notices.AppendNotice("ignoring the word \""u8, word, "\" (a command follows \"--\")"u8); }
                continue;
            }

            if (word[1] == (byte)'-')
            {
                Complain(ref complained, "ignoring the unknown option "u8, word);
                continue;
            }

            for (int at = 1; at < word.Length && Verdict == Verdict.Open; at++)
            {
                byte option = word[at];
                if (option == (byte)'s') { BindWhereSshArrived(sshConnection); }
                else if (option == (byte)'v') { IsVerbose = true; }
                else if (option is (byte)'i' or (byte)'p' or (byte)'c' or (byte)'l' or (byte)'@')
                {
                    // The rest of the word is the value; when there is none, the next word is.
                    if (at + 1 < word.Length) { ReadValue(option, word[(at + 1)..]); }
                    else if (i + 1 < words.Length) { ReadValue(option, words[++i]); }
                    else { Complain(ref complained, "ignoring an option without its value: -"u8, [option]); }
                    break;
                }
                else { Complain(ref complained, "ignoring the unknown option -"u8, [option]); }
            }
        }
    }

    private void Complain(ref bool complained, ReadOnlySpan<byte> what, ReadOnlySpan<byte> word)
    {
        if (_isFrontDoor)
        {
            Refuse(new ByteText().Append("the front door does not take \""u8).Append(word).Append("\""u8).Span);
            return;
        }

        Notices.AppendNotice(what, word);
        if (!complained) { Notices.Append(Usage); }
        complained = true;
    }

    /// <summary>True for <c>stream NAME 1</c>. Three words, since stock's mosh-server would take two for an address and a port; the last is the form's version.</summary>
    public static bool IsStream(ReadOnlySpan<byte[]> words) =>
        words.Length == 3 && words[0].AsSpan().SequenceEqual("stream"u8) && words[2].AsSpan().SequenceEqual("1"u8) && IsStreamName(words[1]);

    private static bool IsStreamName(ReadOnlySpan<byte> word)
    {
        foreach (byte b in word)
        {
            if (b is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'))) { return false; }
        }

        return word.Length == StreamNameLength;
    }

    private void ReadLegacyForm(ReadOnlySpan<byte[]> words)
    {
        if (IsStream(words) && !_isFrontDoor)
        {
            StreamName = words[1];
            return;
        }

        if (words.Length > 2)
        {
            Refuse("without \"new\" there can be an address and a port, nothing else"u8);
            return;
        }

        BindTo(words[0], isFromSsh: false);
        if (words.Length == 2) { ReadValue((byte)'p', words[1]); }
    }

    private void ReadValue(byte option, ReadOnlySpan<byte> value)
    {
        switch (option)
        {
            case (byte)'i': BindTo(value, isFromSsh: false); break;
            case (byte)'p': ReadPorts(value); break;
            case (byte)'c': ReadColors(value); break;
            case (byte)'l': ReadLocaleSetting(value); break;
            case (byte)'@': IsProbe = value.SequenceEqual("moshbroker-probe"u8); break;
            default: break;
        }
    }

    private void ReadPorts(ReadOnlySpan<byte> value)
    {
        if (PortRange.TryParse(value, out PortRange range, out ReadOnlySpan<byte> reason)) { Ports = range; }
        else { Refuse(new ByteText().Append("Bad UDP port range ("u8).Append(value).Append("): "u8).Append(reason).Span); }
    }

    private void ReadColors(ReadOnlySpan<byte> value)
    {
        LeadingNumber number = LeadingNumber.Parse(value);
        if (number.IsWholeText && !number.Overflowed && number.Value is >= int.MinValue and <= int.MaxValue) { Colors = (int)number.Value; }
        else { Refuse(new ByteText().Append("Bad number of colors ("u8).Append(value).Append(")"u8).Span); }
    }

    private void ReadLocaleSetting(ReadOnlySpan<byte> value)
    {
        int equals = value.IndexOf((byte)'=');
        if (equals > 0 && LocaleRule.IsLocaleVariable(value[..equals])) { LocaleSettings.Add(value.ToArray()); }
        else { Notices.AppendNotice("refusing -l "u8, equals < 0 ? value : value[..equals], ": not a locale variable"u8); }
    }

    private void BindWhereSshArrived(byte[]? sshConnection)
    {
        BindAddress = null;
        if (sshConnection is null || sshConnection.Length == 0)
        {
            Notices.AppendNotice("warning: SSH_CONNECTION not found; not binding to one address"u8);
            return;
        }

        ReadOnlySpan<byte> address = SshConnection.Word(sshConnection, 2);
        if (address.StartsWith("::ffff:"u8) && address.Contains((byte)'.')) { address = address[7..]; }
        if (address.IsEmpty) { Notices.AppendNotice("warning: could not parse SSH_CONNECTION; not binding to one address"u8); }
        else { BindTo(address, isFromSsh: true); }
    }

    private void BindTo(ReadOnlySpan<byte> address, bool isFromSsh)
    {
        IsBindAddressFromSsh = isFromSsh;
        BindAddress = NumericAddress.IsValid(address) ? address.ToArray() : null;
        if (BindAddress is null) { Notices.AppendNotice("warning: not a numeric address: \""u8, address, "\"; not binding to one address"u8); }
    }

    private void Refuse(ReadOnlySpan<byte> reason)
    {
        Verdict = Verdict.Refuse;
        Notices.AppendNotice(reason);
        Notices.Append(Usage);
    }
}
