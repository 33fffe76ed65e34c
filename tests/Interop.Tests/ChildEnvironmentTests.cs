using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What a program in the session finds, whichever server holds it.</summary>
[Collection(InteropGroup.Name)]
public sealed class ChildEnvironmentTests(InteropFixture fixture) : IDisposable
{
    private static readonly IReadOnlyList<string> SignalMasks = ["/bin/sh", "-c", "exec grep -E '^Sig(Ign|Blk)' /proc/self/status"];

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_callers_environment_arrives_with_TERM_set_and_without_the_key()
    {
        IReadOnlyList<string> lines = await RunAsync(
            _home.With(("MARK", "a b=c"), ("STY", "1.screen"), ("MOSH_KEY", null)), "-c", "256", "env", "-0");
        string[] environment = string.Join('\n', lines).Split('\0');
        Assert.Contains("MARK=a b=c", environment);
        Assert.Contains("TERM=xterm-256color", environment);
        Assert.Contains("NCURSES_NO_UTF8_ACS=1", environment);
        Assert.Contains("HOME=" + _home.Path, environment);
        Assert.DoesNotContain(environment, e => e.StartsWith("STY=", StringComparison.Ordinal));
        Assert.DoesNotContain(environment, e => e.StartsWith("MOSH_KEY=", StringComparison.Ordinal));
        Assert.DoesNotContain(environment, e => e.StartsWith("MOSHBROKER_", StringComparison.Ordinal));
        Assert.DoesNotContain(environment, e => e.StartsWith("DOTNET_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Eight_colours_make_TERM_xterm() =>
        Assert.Equal(["xterm"], await RunAsync(_home.Environment, "-c", "8", "/bin/sh", "-c", "echo $TERM"));

    [Fact]
    public async Task A_command_runs_in_the_home_directory() =>
        Assert.Equal([_home.Path], await RunAsync(_home.Environment, "-c", "256", "/bin/sh", "-c", "pwd"));

    [Fact]
    public async Task The_terminal_has_IUTF8_and_is_the_programs_controlling_one()
    {
        IReadOnlyList<string> lines = await RunAsync(
            _home.Environment, "-c", "256", "/bin/bash", "-c", "stty -a; tty; ps -o tty=,sid= -p $$; echo $$");
        Assert.Contains(lines, line => line.Contains(" iutf8", StringComparison.Ordinal) && !line.Contains("-iutf8", StringComparison.Ordinal));
        string terminal = lines.Single(line => line.StartsWith("/dev/pts/", StringComparison.Ordinal));
        Assert.Equal([terminal["/dev/".Length..], lines[^1]], lines[^2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_soft_limits_are_the_callers()
    {
        IReadOnlyList<string> lines = await RunAsync(
            _home.Environment, "-c", "256", ["/bin/bash", "-c", "ulimit -Sn; ulimit -Sc; ulimit -Su"], before: "ulimit -Sn 517; ulimit -Sc 3; ulimit -Su 9999;");
        Assert.Equal("517", lines[0]);
        Assert.Equal("9999", lines[2]);
    }

    [Fact]
    public async Task No_signal_is_ignored_that_the_caller_did_not_ignore_and_none_is_blocked()
    {
        IReadOnlyList<string> lines = await RunAsync(_home.Environment, "-c", "256", SignalMasks);
        Assert.Equal("0000000000000000", Mask(lines, "SigBlk"));
        Assert.Equal("0000000000000000", Mask(lines, "SigIgn"));
    }

    [Fact]
    public async Task A_signal_that_the_caller_ignored_is_ignored_in_the_program()
    {
        IReadOnlyList<string> lines = await RunAsync(_home.Environment, "-c", "256", SignalMasks, before: "trap '' USR2;");
        Assert.Equal("0000000000000800", Mask(lines, "SigIgn")); // Signal 12.
    }

    [Fact]
    public async Task No_descriptor_of_the_server_is_left_open_in_the_program()
    {
        IReadOnlyList<string> lines = await RunAsync(_home.Environment, "-c", "256", ["/bin/sh", "-c", "exec ls -l /proc/self/fd"], before: "for f in {3..999}; do eval \"exec $f>&-\"; done;");
        string[] targets = [.. lines.Where(line => line.Contains(" -> ", StringComparison.Ordinal)).Select(line => line.Split(" -> ")[1])];
        // 0 to 2 are the terminal (1 is the file here); ls itself holds the folder.
        Assert.All(targets, target => Assert.Matches("^(/dev/pts/[0-9]+|/proc/[0-9]+/fd|.*/lines)$", target));
    }

    private static string Mask(IReadOnlyList<string> lines, string name) =>
        lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split('\t')[1];

    private Task<IReadOnlyList<string>> RunAsync(Dictionary<string, string> environment, string option, string value, params IReadOnlyList<string> program) =>
        RunAsync(environment, option, value, program, before: "");

    /// <summary>Runs a program in a session to its end, and returns what it wrote to its output.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(
        Dictionary<string, string> environment, string option, string value, IReadOnlyList<string> program, string before)
    {
        string file = _home.File("lines");
        IReadOnlyList<string> open =
            [.. fixture.Server.Open, "new", "-i", "127.0.0.1", option, value, "--", "/bin/sh", "-c", $"exec \"$@\" > {file}", "sh", .. program];
        // Whoever runs the tests may ignore signals; this caller does not.
        CommandResult result = await Command.RunAsync(["/usr/bin/env", "--default-signal", "/bin/bash", "-c", before + "exec \"$@\"", "bash", .. open], environment);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(MoshServer.Parse(result), _home);
        await terminal.WaitForEndAsync();
        return (await File.ReadAllTextAsync(file)).TrimEnd('\n').Split('\n');
    }
}
