using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A terminal of a fixed size with one program in it: a private tmux server, spoken to in control mode.</summary>
/// <remarks>The window stays when its program has ended, so that its last words and its exit status can be read.</remarks>
internal sealed class TmuxTerminal : IAsyncDisposable
{
    private const string Configuration = """
        set -g status off
        set -g default-terminal tmux-256color
        set -sg escape-time 0
        set -g history-limit 100
        set -g default-shell /bin/sh
        """;

    // tmux itself loses the exit status now and then, so a shell around the program tells it.
    private const string EndMark = "[ended with ";

    private readonly Scratch _scratch = new();
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly SemaphoreSlim _turn = new(1);
    private Process? _control;

    private TmuxTerminal(IReadOnlyDictionary<string, string> environment) => _environment = environment;

    private IReadOnlyList<string> Tmux => ["tmux", "-u", "-S", _scratch.File("tmux"), "-f", _scratch.File("conf")];

    public static async Task<TmuxTerminal> StartAsync(
        IReadOnlyList<string> program, IReadOnlyDictionary<string, string> environment, int columns = 80, int rows = 24)
    {
        var terminal = new TmuxTerminal(environment);
        try
        {
            terminal._scratch.Write("conf", Configuration);
            // The program must not know that it is in tmux: programs behave differently there.
            string line = $"env -u TMUX -u TMUX_PANE SHELL={environment["SHELL"]} {Command.Quote(program)}; printf '\\r\\n{EndMark}%d]' $?; exec sleep 1d";
            CommandResult started = await Command.RunAsync(
                [.. terminal.Tmux, "new-session", "-d", "-s", "t", "-x", Number(columns), "-y", Number(rows), line], environment);
            Assert.True(started.ExitCode == 0, "tmux: " + started.Error);
            terminal._control = Command.Start(
                [.. terminal.Tmux, "-C", "attach-session", "-f", "no-output,ignore-size", "-t", "t"], environment);
            return terminal;
        }
        catch
        {
            await terminal.DisposeAsync();
            throw;
        }
    }

    public Task TypeAsync(string text) => PressAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Puts bytes into the program's input as a keyboard would.</summary>
    public async Task PressAsync(params byte[] keys)
    {
        foreach (byte[] part in keys.Chunk(256))
        {
            await AskAsync("send-keys -t t -H " + string.Join(' ', part.Select(b => b.ToString("x2", CultureInfo.InvariantCulture))));
        }
    }

    /// <summary>Puts many bytes into the program's input at once, unchanged.</summary>
    public async Task PasteAsync(byte[] bytes)
    {
        string file = _scratch.File("paste");
        await File.WriteAllBytesAsync(file, bytes);
        await AskAsync($"load-buffer {file}");
        await AskAsync("paste-buffer -r -d -t t");
    }

    /// <summary>From now on everything that the program writes is also appended to a file.</summary>
    public Task RecordAsync(string file) => AskAsync($"pipe-pane -t t -O 'cat >> {file}'");

    public Task ResizeAsync(int columns, int rows) => AskAsync($"resize-window -t t -x {columns} -y {rows}");

    /// <summary>Process id of the program in the window.</summary>
    public async Task<int> ProcessIdAsync()
    {
        string shell = (await AskAsync("display-message -p -t t '#{pane_pid}'"))[0];
        return Number((await File.ReadAllTextAsync($"/proc/{shell}/task/{shell}/children")).Trim());
    }

    public async Task<TerminalScreen> ScreenAsync()
    {
        IReadOnlyList<string> state = await AskAsync("display-message -p -t t '#{cursor_x} #{cursor_y}'");
        IReadOnlyList<string> rows = await AskAsync("capture-pane -p -t t");
        string[] words = state[0].Split(' ');
        string[] trimmed = [.. rows.Select(row => row.TrimEnd(' '))];
        string? end = trimmed.LastOrDefault(row => row.StartsWith(EndMark, StringComparison.Ordinal) && row.EndsWith(']'));
        int? status = end is null ? null : Number(end[EndMark.Length..^1]);
        return new TerminalScreen(trimmed, Number(words[0]), Number(words[1]), status);
    }

    /// <summary>Waits until the screen is as wanted; fails showing the screen.</summary>
    public async Task<TerminalScreen> WaitForAsync(Func<TerminalScreen, bool> condition, string what, TimeSpan? within = null)
    {
        TerminalScreen? screen = null;
        await Eventually.TrueAsync(
            async () => condition(screen = await ScreenAsync()), what, within, () => screen?.ToString() ?? "nothing seen");
        return screen!;
    }

    public Task<TerminalScreen> WaitForTextAsync(string text, TimeSpan? within = null) =>
        WaitForAsync(screen => screen.Shows(text), $"'{text}' on the screen", within);

    /// <summary>Waits until the program has ended, and returns its last screen.</summary>
    public Task<TerminalScreen> WaitForEndAsync(TimeSpan? within = null) =>
        WaitForAsync(screen => screen.HasEnded, "the program has ended", within);

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync([.. Tmux, "kill-server"], _environment);
        if (_control is not null)
        {
            if (!_control.HasExited) { _control.Kill(); }
            _control.Dispose();
        }

        _turn.Dispose();
        _scratch.Dispose();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>One tmux command, and the lines of its answer.</summary>
    private async Task<IReadOnlyList<string>> AskAsync(string command)
    {
        await _turn.WaitAsync();
        try
        {
            await _control!.StandardInput.WriteLineAsync(command);
            await _control.StandardInput.FlushAsync();
            return await ReadAnswerAsync(command).WaitAsync(TimeSpan.FromSeconds(20));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<string>> ReadAnswerAsync(string command)
    {
        // "%begin time number flags", the lines, "%end …" or "%error …" with the same words. Flag 1 marks the answers to what was
        // written here; notifications stand between answers, never inside one.
        List<string>? lines = null;
        string words = "";
        while (true)
        {
            string? line = await _control!.StandardOutput.ReadLineAsync();
            Assert.True(line is not null, "tmux went away");
            if (lines is null)
            {
                if (line.StartsWith("%begin ", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal))
                {
                    words = line["%begin".Length..];
                    lines = [];
                }
            }
            else if (line == "%end" + words)
            {
                return lines;
            }
            else if (line == "%error" + words)
            {
                Assert.Fail($"tmux refused '{command}': {string.Join(' ', lines)}");
            }
            else
            {
                lines.Add(line);
            }
        }
    }
}
