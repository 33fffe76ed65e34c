using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class ProgramTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Vim_opens_inserts_and_saves()
    {
        string file = _home.Write("note.txt", "first line\nsecond line\n");
        await using TmuxTerminal terminal = await StartAsync("vim", "-u", "NONE", "-n", file);
        await terminal.WaitForAsync(s => s.HasRow("second line") && s.HasRow("~") && s.Shows("note.txt"), "the file in vim");
        await terminal.TypeAsync("Gothird \u00e9\u4e2d line\u001b");
        await terminal.WaitForAsync(s => s.HasRow("third \u00e9\u4e2d line"), "the inserted line");
        await terminal.TypeAsync(":wq\r");
        await terminal.WaitForEndAsync();
        Assert.Equal("first line\nsecond line\nthird \u00e9\u4e2d line\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Less_pages_searches_and_goes_to_the_end()
    {
        string file = _home.Write("long.txt", string.Join('\n', Enumerable.Range(1, 500).Select(n => $"row {n}.")) + "\n");
        await using TmuxTerminal terminal = await StartAsync("less", file);
        await terminal.WaitForAsync(s => s.HasRow("row 1.") && s.HasRow("row 23."), "the first page");
        await terminal.TypeAsync(" ");
        await terminal.WaitForAsync(s => s.HasRow("row 24.") && s.HasRow("row 46.") && !s.HasRow("row 23."), "the second page");
        await terminal.TypeAsync("/row 321\r");
        await terminal.WaitForAsync(s => s.Rows[0] == "row 321.", "the match on top");
        await terminal.TypeAsync("G");
        await terminal.WaitForAsync(s => s.HasRow("row 500.") && s.LastRow.Contains("END", StringComparison.Ordinal), "the end");
    }

    [Fact]
    public async Task Tmux_inside_the_session_splits_and_draws_its_line()
    {
        string socket = _home.File("inner");
        await using TmuxTerminal terminal = await StartAsync(
            "tmux", "-u", "-S", socket, "-f", "/dev/null", "new-session", "-n", "inside", string.Join(' ', SessionHome.Bash));
        await terminal.WaitForAsync(s => s.Rows[0].StartsWith("bash", StringComparison.Ordinal) && s.LastRow.Contains("inside", StringComparison.Ordinal), "the status line");
        await terminal.PressAsync(0x02, (byte)'%');
        await terminal.WaitForAsync(s => s.Rows.Take(20).All(row => row.Length > 40 && row[40] is '│' or '|'), "a line down the middle");
        await terminal.PressAsync(0x02, (byte)'d');
        await terminal.WaitForEndAsync();
        await Command.RunAsync(["tmux", "-S", socket, "kill-server"], _home.Environment);
    }

    [Fact]
    public async Task Htop_draws_its_table_and_ends_with_q()
    {
        await using TmuxTerminal terminal = await StartAsync("htop", "-d", "5");
        await terminal.WaitForAsync(
            s => s.Shows("Load average") && s.Rows.Any(row => row.Contains("PID", StringComparison.Ordinal) && row.Contains("CPU%", StringComparison.Ordinal)),
            "htop's meters and header");
        await terminal.TypeAsync("q");
        Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
    }

    [Fact]
    public async Task Wide_and_combining_text_stands_in_its_cells()
    {
        await using TmuxTerminal terminal = await StartAsync(
            "/bin/sh", "-c", "printf 'a中b|\\nx\\314\\210y|\\n🙂z|\\n%79s中\\n' ''; read -r line; printf \"<%s>\" \"$line\"; read -r x");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.Shows("🙂z|"), "the text");
        Assert.Contains("a中b|", screen.Rows);
        Assert.Contains("x\u0308y|", screen.Rows);
        Assert.Contains("中", screen.Rows); // No room for two columns at column 79: it starts the next row.
        await terminal.TypeAsync("é中e\u0301🙂\r");
        await terminal.WaitForTextAsync("<é中e\u0301🙂>");
    }

    private async Task<TmuxTerminal> StartAsync(params IReadOnlyList<string> program)
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, program);
        return await MoshTerminal.ClientAsync(session, _home);
    }
}
