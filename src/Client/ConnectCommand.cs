using MoshBroker.Client.Bootstrap;
using MoshBroker.Client.Display;
using MoshBroker.Client.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client;

/// <summary>The parts of `connect` in their order: options, terminal, server, session, last words.</summary>
internal static class ConnectCommand
{
    public static int Run(string[] words)
    {
        ConnectOptions options = ConnectOptions.Parse(words, Environment.GetEnvironmentVariable);
        if (options.Error is not null) { return Fail(ExitStatus.Usage, options.Error); }
        if (options.WantsHelp) { return Tell(ConnectOptions.Usage); }
        if (options.WantsVersion) { return Tell("moshbroker 0.1.0, a Mosh client\n"); }

        // Whatever will not do is said before anything is started anywhere.
        if (!RawTty.IsThere) { return Fail(ExitStatus.Unusable, "stdin and stdout must be a terminal"); }
        string charset = ProcessNative.CharacterSet();
        if (!charset.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)) { return Fail(ExitStatus.Unusable, LocaleError(charset)); }
        string? term = Environment.GetEnvironmentVariable("TERM");
        Terminfo? entry = Terminfo.Find(term, Environment.GetEnvironmentVariable, out string error);
        if (entry is null) { return Fail(ExitStatus.Unusable, error); }
        (int Columns, int Rows) window = RawTty.Size;
        if (window is (0, _) or (_, 0)) { window = (80, 24); }
        if (!Framebuffer.IsAllowedSize(window.Columns, window.Rows)) { return Fail(ExitStatus.Unusable, $"a window of {window.Columns} × {window.Rows} is too large"); }
        using StatsWriter? stats = options.Stats is null ? null : StatsWriter.Open(options.Stats, ClientClock.Now(), out error);
        if (options.Stats is not null && stats is null) { return Fail(ExitStatus.Unusable, error); }

        TerminalKind kind = TerminalKind.From(term!, entry, options.KeepsScreen, Environment.GetEnvironmentVariable);
        ServerReply? server = FindServer(options, entry.Colors, () => Rehearsal.Run(kind, window), out SshBootstrap? ssh, out int status);
        if (server is null) { return status; }
        if (!SessionKey.TryParse(server.Key, out SessionKey? key)) { return Fail(ExitStatus.Unusable, "the session's key is none: it has 22 characters of base64, the last of them A, Q, g or w"); }
        byte[] address = SocketNative.ParseAddress(server.Ip!, server.Port, out int family);
        if (address.Length == 0) { return Fail(ExitStatus.Unusable, $"{server.Ip} is no numeric address"); }

        SessionSettings settings = new()
        {
            Server = address,
            Family = family,
            Port = server.Port,
            ServerText = $"{server.Ip}:{server.Port}",
            Window = window,
            Terminal = kind,
            Extensions = kind.IsFull ? options.Extensions : options.Extensions & ~PeerExtensions.FullScreen,
            Prediction = options.Prediction,
            Overwrites = options.Overwrites,
            EscapeKey = Environment.GetEnvironmentVariable("MOSH_ESCAPE_KEY"),
            HasTitlePrefix = Environment.GetEnvironmentVariable("MOSH_TITLE_NOPREFIX") is null,
            Bootstrap = ssh?.Child,
            Fallback = ssh?.Fallback(key),
            OtherNames = (options.Extensions & PeerExtensions.Addresses) == 0 ? options.Also : [.. options.Also, .. ssh?.Host is { } host ? [host] : Array.Empty<string>()],
        };
        return RunSession(settings, key, stats);
    }

    private static int RunSession(SessionSettings settings, SessionKey key, StatsWriter? stats)
    {
        using Signals signals = new();
        using ClientLoop loop = new(settings, key, signals, new RawTty(), stats);
        key.Dispose();
        int status;
        try
        {
            status = loop.Run();
        }
        catch (Exception fault)
        {
            // Only because there is a handler does the runtime run what gives the terminal back.
            FileNative.Say("moshbroker: a fault of the client's own: " + fault);
            return ExitStatus.Fault;
        }

        if (loop.Failure is not null) { FileNative.Say("moshbroker: " + loop.Failure); }
        _ = Tell("[moshbroker connect is exiting.]\n");
        return status;
    }

    private static ServerReply? FindServer(ConnectOptions options, int colors, Action rehearse, out SshBootstrap? ssh, out int status)
    {
        ssh = null;
        status = ExitStatus.Clean;
        if (options.DirectIp is { } ip)
        {
            string? key = Environment.GetEnvironmentVariable("MOSH_KEY");
            // What we start must not inherit it.
            Environment.SetEnvironmentVariable("MOSH_KEY", null);
            ServerReply direct = new();
            direct.SetIp(ip);
            if (direct.TakeDirect(options.DirectPort, key)) { return direct; }
            status = Fail(ExitStatus.Unusable, "--direct needs the session's key in the variable MOSH_KEY");
            return null;
        }

        ssh = new SshBootstrap(options, Variables());
        ServerReply? reply = ssh.Run(colors, rehearse);
        if (reply is null) { status = Fail(ExitStatus.NotStarted, ssh.Error!); }
        return reply;
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables()
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            yield return KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "");
        }
    }

    private static string LocaleError(string charset) =>
        $"a UTF-8 locale is needed, and LANG, LC_CTYPE or LC_ALL select {(charset.Length == 0 ? "one that is not installed" : charset)}; try LC_ALL=C.UTF-8";

    private static int Tell(string text) => FileNative.TryWriteAll(1, System.Text.Encoding.UTF8.GetBytes(text)) ? ExitStatus.Clean : ExitStatus.Unusable;

    private static int Fail(int status, string line)
    {
        FileNative.Say("moshbroker: " + line);
        return status;
    }
}
