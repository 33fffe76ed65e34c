using System.Text;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>`moshbroker connect` in a terminal; a shell around it notes the terminal's settings before and after, and tmux all that it was sent.</summary>
internal sealed class ConnectTerminal : IAsyncDisposable
{
    private readonly Scratch _scratch;

    private ConnectTerminal(Scratch scratch, TmuxTerminal terminal) => (_scratch, Terminal) = (scratch, terminal);

    public TmuxTerminal Terminal { get; }

    public static Task<ConnectTerminal> StartAsync(
        SessionHome home, IReadOnlyList<string> words, int columns = 80, int rows = 24, params (string Name, string? Value)[] variables) =>
        StartAsync(RunningBroker.Launcher, home, words, columns, rows, variables);

    public static async Task<ConnectTerminal> StartAsync(
        string launcher, SessionHome home, IReadOnlyList<string> words, int columns = 80, int rows = 24, params (string Name, string? Value)[] variables)
    {
        Scratch scratch = new();
        // tmux sets TERM itself.
        string connect = Command.Quote(["/usr/bin/env", .. Term(variables), launcher, "connect", .. words]);
        // The terminal is recorded before anything is drawn: the program waits for a key.
        string script = $"stty -g > {scratch.File("before")}; read -r go; {connect}; status=$?; stty -g > {scratch.File("after")}; exit $status";
        TmuxTerminal terminal = await TmuxTerminal.StartAsync(["/bin/sh", "-c", script], home.With(variables), columns, rows);
        await terminal.RecordAsync(scratch.File("output"));
        await Eventually.TrueAsync(() => File.Exists(scratch.File("before")), "the shell runs");
        await terminal.TypeAsync("\r");
        return new ConnectTerminal(scratch, terminal);
    }

    private static IReadOnlyList<string> Term((string Name, string? Value)[] variables)
    {
        int at = Array.FindIndex(variables, variable => variable.Name == "TERM");
        return at < 0 ? [] : variables[at].Value is { } value ? ["TERM=" + value] : ["-u", "TERM"];
    }

    /// <summary>A session that was opened before, perhaps behind a relay.</summary>
    public static Task<ConnectTerminal> DirectAsync(SessionHome home, int port, string key, params (string Name, string? Value)[] variables) =>
        StartAsync(home, ["--direct", "127.0.0.1", $"{port}"], 80, 24, [("MOSH_KEY", key), .. variables]);

    /// <summary>All that the terminal got so far.</summary>
    public string Output => Encoding.UTF8.GetString(File.ReadAllBytes(_scratch.File("output")));

    /// <summary>What a terminal is that got all that ours got.</summary>
    public Emulator Replay(int columns = 80, int rows = 24)
    {
        Emulator emulator = new(columns, rows);
        emulator.Write(File.ReadAllBytes(_scratch.File("output")));
        return emulator;
    }

    /// <summary>Waits for the end and checks that the terminal is as it was found.</summary>
    public async Task<TerminalScreen> EndRestoredAsync(TimeSpan? within = null)
    {
        TerminalScreen end = await Terminal.WaitForEndAsync(within);
        Assert.Equal(await File.ReadAllTextAsync(_scratch.File("before")), await File.ReadAllTextAsync(_scratch.File("after")));
        // tmux writes its record behind the screen.
        await Eventually.TrueAsync(() => Replay().Frame.RowText(Replay().Frame.CursorRow).Contains("ended with", StringComparison.Ordinal), "the whole record is there");
        Emulator terminal = Replay();
        Framebuffer frame = terminal.Frame;
        Assert.False(frame.BracketedPaste);
        Assert.False(frame.FocusEvents);
        Assert.False(frame.ReverseVideo);
        Assert.True(frame.CursorVisible);
        Assert.Equal(0, frame.MouseReporting);
        Assert.Equal(0, frame.MouseEncoding);
        Assert.False(terminal.ApplicationCursorKeys);
        Assert.True(frame.Rendition.IsPlain);
        return end;
    }

    public async ValueTask DisposeAsync()
    {
        await Terminal.DisposeAsync();
        _scratch.Dispose();
    }
}
