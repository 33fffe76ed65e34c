using System.Globalization;
using MoshBroker.Client.Bootstrap;
using MoshBroker.Client.Prediction;
using MoshBroker.Protocol.States;

namespace MoshBroker.Client;

/// <summary>What the command line asks for. Pure: variables are looked up by a function.</summary>
internal sealed class ConnectOptions
{
    public const string Usage = """
        Usage: moshbroker connect [options] [--] [user@]host [[--] command...]

          -p, --port=PORT[:PORT2]     the server's UDP port, or a range of them
              --server=COMMAND        the server's name there (mosh-server)
              --ssh=COMMAND           ssh and words for it ("ssh -p 2222")
              --predict=MODE          adaptive, always, never, experimental
          -a, -n                      --predict=always, --predict=never
          -o, --predict-overwrite     typing replaces what is there
          -4, -6, --family=FAMILY     inet, inet6, auto, all, prefer-inet, prefer-inet6
              --bind-server=ADDRESS   ssh, any, or the server's own address
              --experimental-remote-ip=WHO   proxy, local or remote finds the server's address
              --local                 start the server here, without ssh
              --no-init               stay off the alternate screen
              --no-ssh-pty            ssh asks for no terminal
              --stats=FILE|fd:N       one JSON line a second about the connection
              --also=HOST             another name or address of the server, raced and roamed to; may repeat
              --tcp                   through ssh only; otherwise that is for when UDP does not answer (brokers only)
              --extensions=LIST|off   what a broker may do beyond stock: screen,health,addresses,stream (all)
              --direct IP PORT        no ssh: a server is there, its key in MOSH_KEY
              --help, --version

        ssh's own options -A -b -C -c -E -F -g -I -i -J -K -k -l -m -o NAME=VALUE -q -v -w -X -x -Y -y go to ssh. Options end
        at the host: what follows is the command. Settings by variable and exit statuses: docs/client.md.

        """;

    private const string SshFlags = "ACgKkqvXxYy";
    private const string SshOptionsWithValue = "bcEFIiJlmw";

    private static readonly string[] Families = ["inet", "inet6", "auto", "all", "prefer-inet", "prefer-inet6"];

    public List<string> Ssh { get; private set; } = ["ssh"];

    public List<string> SshOptions { get; } = [];

    public string Server { get; private set; } = "mosh-server";

    /// <summary>[user@]host as typed.</summary>
    public string Destination { get; private set; } = "";

    public List<string> Command { get; private set; } = [];

    public string? Ports { get; private set; }

    public string Family { get; private set; } = "prefer-inet";

    public string? BindServer { get; private set; }

    public RemoteIpMode? RemoteIp { get; private set; }

    public PredictionMode Prediction { get; private set; }

    public bool Overwrites { get; private set; }

    public bool IsLocal { get; private set; }

    public bool WantsSshPty { get; private set; } = true;

    public bool KeepsScreen { get; private set; }

    public string? Stats { get; private set; }

    /// <summary>Other names or addresses of the server.</summary>
    public List<string> Also { get; } = [];

    /// <summary>No UDP: datagrams go through ssh from the start.</summary>
    public bool IsStreamOnly { get; private set; }

    /// <summary>What a broker is told that we know.</summary>
    public PeerExtensions Extensions { get; private set; } = PeerExtensions.All;

    /// <summary>Of --direct: a numeric address.</summary>
    public string? DirectIp { get; private set; }

    public int DirectPort { get; private set; }

    public bool WantsHelp { get; private set; }

    public bool WantsVersion { get; private set; }

    /// <summary>What is wrong with it, and what would be right; null when nothing is.</summary>
    public string? Error { get; private set; }

    public static ConnectOptions Parse(IReadOnlyList<string> words, Func<string, string?> environment)
    {
        ConnectOptions options = new()
        {
            KeepsScreen = environment("MOSH_NO_TERM_INIT") is not null,
            Overwrites = environment("MOSH_PREDICTION_OVERWRITE") == "yes",
        };
        if (environment("MOSH_PREDICTION_DISPLAY") is { Length: > 0 } mode) { options.SetPrediction(mode, "MOSH_PREDICTION_DISPLAY=" + mode); }
        int at = 0;
        while (at < words.Count && options.Error is null && words[at].StartsWith('-') && words[at] != "--") { at = options.TakeOption(words, at); }
        if (options.Error is null && !options.WantsHelp && !options.WantsVersion && options.DirectIp is null) { options.TakeOperands(words, at); }
        return options;
    }

    private void TakeOperands(IReadOnlyList<string> words, int at)
    {
        if (at < words.Count && words[at] == "--") { at++; }
        if (at >= words.Count || words[at].Length == 0)
        {
            Error = "no host is named; see moshbroker connect --help";
            return;
        }

        Destination = words[at++];
        if (Destination.StartsWith('-'))
        {
            // ssh would take it for an option.
            Error = $"{Destination} is no name of a host";
            return;
        }

        if (at < words.Count && words[at] == "--") { at++; }
        Command = [.. words.Skip(at)];
    }

    private int TakeOption(IReadOnlyList<string> words, int at)
    {
        string word = words[at++];
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        bool isLong = word.StartsWith("--", StringComparison.Ordinal);
        string name = isLong && equals > 0 ? word[..equals] : word;
        string? given = isLong && equals > 0 ? word[(equals + 1)..] : null;

        string Value()
        {
            if (given is not null) { return given; }
            if (at < words.Count) { return words[at++]; }
            Error = $"{name} needs a value";
            return "";
        }

        switch (name)
        {
            case "--help": WantsHelp = true; break;
            case "--version": WantsVersion = true; break;
            case "--client": _ = Value(); break;
            case "--server": Server = Value(); break;
            case "--ssh":
                Ssh = ShellQuote.Split(Value());
                if (Ssh.Count == 0) { Error ??= "--ssh names no program"; }
                break;
            case "--predict": SetPrediction(Value(), name); break;
            case "-a": Prediction = PredictionMode.Always; break;
            case "-n": Prediction = PredictionMode.Never; break;
            case "-o" when at < words.Count && words[at].Contains('=', StringComparison.Ordinal): SshOptions.AddRange([name, words[at++]]); break;
            case "-o" or "--predict-overwrite": Overwrites = true; break;
            case "-4": Family = "inet"; break;
            case "-6": Family = "inet6"; break;
            case "--family": SetFamily(Value()); break;
            case "-p" or "--port": SetPorts(Value()); break;
            case "--bind-server": BindServer = Value(); break;
            case "--experimental-remote-ip": SetRemoteIp(Value()); break;
            case "--local": IsLocal = true; break;
            case "--no-init": KeepsScreen = true; break;
            case "--no-ssh-pty": WantsSshPty = false; break;
            case "--ssh-pty": WantsSshPty = true; break;
            case "--init": KeepsScreen = false; break;
            case "--stats": Stats = Value(); break;
            case "--also": Also.Add(Value()); break;
            case "--tcp": IsStreamOnly = true; break;
            case "--extensions": SetExtensions(Value()); break;
            case "--direct":
                DirectIp = Value();
                DirectPort = int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65_535 ? port : 0;
                if (DirectPort == 0) { Error ??= "--direct needs an address and a port from 1 to 65535"; }
                break;
            default: TakeSshOption(word, words, ref at); break;
        }

        return at;
    }

    private void TakeSshOption(string word, IReadOnlyList<string> words, ref int at)
    {
        if (word.Length > 2 && word[1] == 'p' && char.IsAsciiDigit(word[2])) { SetPorts(word[2..]); }
        else if (word.Length > 3 && word[1] == 'o' && word.Contains('=', StringComparison.Ordinal)) { SshOptions.Add(word); }
        else if (word.Length >= 2 && SshOptionsWithValue.Contains(word[1], StringComparison.Ordinal))
        {
            SshOptions.Add(word);
            if (word.Length > 2) { return; }
            if (at < words.Count) { SshOptions.Add(words[at++]); }
            else { Error = $"{word} needs a value"; }
        }
        else if (word.Length >= 2 && word[1..].All(flag => SshFlags.Contains(flag, StringComparison.Ordinal))) { SshOptions.Add(word); }
        else { Error = $"{word} is no option; see moshbroker connect --help"; }
    }

    private void SetPrediction(string mode, string where)
    {
        switch (mode)
        {
            case "adaptive": Prediction = PredictionMode.Adaptive; break;
            case "always": Prediction = PredictionMode.Always; break;
            case "never": Prediction = PredictionMode.Never; break;
            case "experimental": Prediction = PredictionMode.Experimental; break;
            default: Error ??= $"{where}: Unknown prediction mode {mode}; it is adaptive, always, never or experimental"; break;
        }
    }

    private void SetExtensions(string list)
    {
        if (PeerExtensionNames.TryParse(list, out PeerExtensions extensions)) { Extensions = extensions; }
        else { Error ??= $"--extensions is some of {PeerExtensionNames.All} with commas between, or off"; }
    }

    private void SetFamily(string family)
    {
        Family = family;
        if (!Families.Contains(family, StringComparer.Ordinal)) { Error ??= $"--family is one of {string.Join(", ", Families)}"; }
    }

    private void SetRemoteIp(string mode)
    {
        switch (mode)
        {
            case "proxy": RemoteIp = RemoteIpMode.Proxy; break;
            case "local": RemoteIp = RemoteIpMode.Local; break;
            case "remote": RemoteIp = RemoteIpMode.Remote; break;
            default: Error ??= "--experimental-remote-ip is proxy, local or remote"; break;
        }
    }

    private void SetPorts(string ports)
    {
        Ports = ports;
        string[] ends = ports.Split(':');
        bool isLow = int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int low) && low <= 65_535;
        int high = low;
        bool isHigh = ends.Length == 1
            || (ends.Length == 2 && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out high) && high is >= 1 and <= 65_535 && low is >= 1 && low <= high);
        if (!isLow || !isHigh) { Error ??= $"{ports} is no UDP port (0 to 65535) or range LOW:HIGH"; }
    }
}
