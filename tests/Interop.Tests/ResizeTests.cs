using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class ResizeTests(InteropFixture fixture) : IDisposable
{
    // Says the size whenever it changes; the trap keeps the shell waiting for the next one.
    private static readonly IReadOnlyList<string> SizeTeller =
        ["/bin/bash", "-c", "trap 'echo size: $(stty size).' WINCH; echo size: $(stty size).; while :; do read -r -t 1 x; done"];

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_program_is_told_of_a_new_size_and_the_screen_takes_it()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SizeTeller);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("size: 24 80.");
        await terminal.ResizeAsync(120, 40);
        await terminal.WaitForTextAsync("size: 40 120.");
        await terminal.ResizeAsync(60, 12);
        await terminal.WaitForTextAsync("size: 12 60.");
    }

    [Fact]
    public async Task Of_two_fast_changes_the_last_one_stands()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SizeTeller);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("size: 24 80.");
        await Task.WhenAll(terminal.ResizeAsync(90, 30), terminal.ResizeAsync(100, 20));
        TerminalScreen screen = await terminal.WaitForTextAsync("size: 20 100.");
        Assert.Equal("size: 20 100.", screen.LastRow);
    }

    [Fact]
    public async Task A_full_screen_program_redraws_at_the_new_size()
    {
        string file = _home.Write("long.txt", string.Join('\n', Enumerable.Range(1, 200).Select(n => $"row {n}.")) + "\n");
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["vim", "-u", "NONE", "-n", file]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForAsync(s => s.HasRow("row 23."), "the first page");
        await terminal.ResizeAsync(100, 50);
        await terminal.WaitForAsync(s => s.HasRow("row 49."), "the longer page");
        await terminal.ResizeAsync(30, 8);
        await terminal.WaitForAsync(s => s.Rows.Count == 8 && s.HasRow("row 7.") && !s.HasRow("row 8."), "the short page");
    }
}
