using System.Text;
using System.Text.RegularExpressions;
using MoshBroker.Open.Tests.Harness;

namespace MoshBroker.Open.Tests;

/// <summary>What the program in the session finds: seen by real programs in the real terminal.</summary>
public sealed class SessionProgramTests
{
    [Fact]
    public void A_command_gets_its_words_untouched_and_no_shell_reads_them()
    {
        string shown = Show(OpenRun.Variables(), "printf", "%s|", "a b", "$(id)", "it's", "-n", "", "*", "\\");

        Assert.Equal("a b|$(id)|it's|-n||*|\\|", shown);
    }

    [Fact]
    public void Words_that_are_not_UTF8_arrive_as_they_are()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(
            OpenRun.Program, "set -- \"$@\" $'\\xff\\xfe\\xe4'", OpenRun.Variables(), "--broker", broker.SocketPath, "new", "--", "printf", "%s");
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        connection.Release();

        Assert.Equal("\u00ff\u00fe\u00e4", connection.Terminal.ReadToEnd());
    }

    [Fact]
    public void The_environment_is_the_callers_with_the_terminals_variables()
    {
        Dictionary<string, string> variables = OpenRun.Variables(
            ("STY", "screen"), ("TERM", "dumb"), ("SSH_CONNECTION", "192.0.2.9 1 192.0.2.7 22"), ("SSH_TTY", "/dev/pts/99"), ("PS1", "mine> "), ("IFS", "x"),
            ("REPLY", "r"), ("file", "f"), ("text", "t"), ("a.b", "dots"), ("BASH_ENV", "/nonexistent"), ("BASH_FUNC_f%%", "() { :; }"), ("TMOUT", "5"),
            ("MOSHBROKER_SOCKET", "/s"), ("MOSHBROKER_CALLER_NOFILE", "512"), ("MOSHBROKER_CALLER_SIGIGN", "0000000000001000"), ("POSIXLY_CORRECT", "1"));
        string shown = Show(variables, ["-c", "256"], "cat", "/proc/self/environ");

        var found = shown.Split('\0', StringSplitOptions.RemoveEmptyEntries).ToDictionary(l => l.Split('=', 2)[0], l => l.Split('=', 2)[1], StringComparer.Ordinal);
        foreach (string gone in (string[])["STY", "MOSHBROKER_CALLER_NOFILE", "MOSHBROKER_CALLER_SIGIGN"]) { variables.Remove(gone); }
        variables["TERM"] = "xterm-256color";
        variables["NCURSES_NO_UTF8_ACS"] = "1";
        variables["PWD"] = "/tmp";
        // Both shells in the way keep count of themselves, and the first one names the program it starts.
        foreach (string shells in (string[])["SHLVL", "_", "OLDPWD"]) { found.Remove(shells); }
        Assert.Equal(variables.OrderBy(v => v.Key, StringComparer.Ordinal), found.OrderBy(v => v.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void The_key_is_nowhere_in_the_environment_or_the_arguments()
    {
        string shown = Show(OpenRun.Variables(), "cat", "/proc/self/environ", "/proc/self/cmdline");

        Assert.Contains("HOME=", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(FakeConnection.Key, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void The_terminal_is_the_controlling_one_and_erases_whole_characters()
    {
        string shown = Show(OpenRun.Variables(), "sh", "-c", "stty -a; tty; ps -o tty=,sid=,pid= -p $$; ls /proc/self/fd | tr '\\n' ' '");

        Assert.Matches(@"[^-]iutf8", shown);
        Match tty = Regex.Match(shown, @"/dev/(?<tty>pts/\d+)\n\k<tty>\s+(?<leader>\d+)\s+\k<leader>\n", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(tty.Success, shown);
        // Descriptor 3 is the directory that ls reads.
        Assert.EndsWith("0 1 2 3 ", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("777", "PIPE,HUP,USR1", "0000000000001201")]
    [InlineData("778", "TTOU,64", "8000000000200000")]
    [InlineData("779", "", "0000000000000000")]
    public void Limits_and_ignored_signals_are_the_callers_again(string limit, string ignored, string mask)
    {
        using var broker = new FakeBroker();
        using var checkout = new FakeCheckout();
        // By env, because a shell can't take back what the test run itself ignores.
        string[] signals = ignored.Length == 0 ? ["--default-signal"] : ["--default-signal", "--ignore-signal=" + ignored];
        using OpenRun run = OpenRun.Start(
            "env", $"ulimit -Sn {limit}", OpenRun.Variables(),
            [.. signals, checkout.Launcher, "open", "--broker", broker.SocketPath, "new", "--", "cat", "/proc/self/limits", "/proc/self/status"]);
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        connection.Release();
        string shown = connection.Terminal.ReadToEnd();

        Assert.Matches($@"Max open files +{limit} ", shown);
        Assert.Contains("SigIgn:\t" + mask, shown.Split('\n'));
        Assert.Contains("SigBlk:\t0000000000000000\n", shown, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Without_a_command_the_login_shell_starts_at_home_after_the_message_of_the_day()
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("mbo-home");
        string shown = LoginShell(home.FullName, "echo \"$0\" \"$PWD\" $((6*7)); exit\n");
        File.WriteAllText(Path.Combine(home.FullName, ".hushlogin"), "");
        string quiet = LoginShell(home.FullName, "echo \"$0\" \"$PWD\" $((6*7)); exit\n");
        home.Delete(recursive: true);

        string greeting = string.Concat(((string[])["/run/motd.dynamic", "/etc/motd"]).Where(File.Exists).Select(File.ReadAllText));
        Assert.Contains($"-sh {home.FullName} 42\n", shown, StringComparison.Ordinal);
        Assert.Contains($"-sh {home.FullName} 42\n", quiet, StringComparison.Ordinal);
        Assert.Contains(greeting, shown, StringComparison.Ordinal);
        if (greeting.Length > 0) { Assert.DoesNotContain(greeting, quiet, StringComparison.Ordinal); }
    }

    [Fact]
    public void Without_SHELL_and_HOME_the_passwd_entry_decides()
    {
        Dictionary<string, string> variables = OpenRun.Variables();
        variables.Remove("SHELL");
        variables.Remove("HOME");
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, variables, "new");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        string entry = File.ReadLines("/etc/passwd").First(l => l.StartsWith(Environment.UserName + ":", StringComparison.Ordinal));
        Assert.Equal("-" + Path.GetFileName(entry.Split(':')[6]), connection.Field("command"));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void A_program_that_cannot_start_is_named_on_the_terminal()
    {
        string missing = Show(OpenRun.Variables(), "no-such-program", "x");
        string forbidden = Show(OpenRun.Variables(("POSIXLY_CORRECT", "1")), "/etc/passwd");

        Assert.Contains("could not start: no-such-program\n", missing, StringComparison.Ordinal);
        Assert.Contains("not found", missing, StringComparison.Ordinal);
        Assert.Contains("could not start: /etc/passwd\n", forbidden, StringComparison.Ordinal);
        Assert.Contains("Permission denied", forbidden, StringComparison.Ordinal);
    }

    [Fact]
    public void A_home_that_cannot_be_entered_is_a_warning()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("HOME", "/nonexistent/home")), "new", "--", "true");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.Contains("warning: can't enter the home directory /nonexistent/home", run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Nothing_runs_before_the_release_and_TMOUT_does_not_release()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("TMOUT", "1")), "new", "--", "echo", "released");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.True(connection.Terminal.IsQuietFor(TimeSpan.FromSeconds(1.5)));
        connection.Release((byte)'\n');
        Assert.Equal("released\n", connection.Terminal.ReadToEnd());
    }

    [Fact]
    public void A_release_pipe_that_closes_without_a_byte_ends_the_child_quietly()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), "new", "--", "echo", "released");
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        Assert.Equal(0, run.ExitCode);
        connection.CloseReleasePipe();

        Assert.Equal("", connection.Terminal.ReadToEnd());
    }

    [Fact]
    public void The_display_form_is_cut_between_characters()
    {
        SessionProgram program = SessionProgram.From(["vi"u8.ToArray(), "äöü"u8.ToArray()], EnvironmentBlock.Parse("HOME=/\0"u8));

        Assert.Equal("vi äöü", Encoding.UTF8.GetString(program.ToDisplay(200)));
        Assert.Equal("vi äö", Encoding.UTF8.GetString(program.ToDisplay(8)));
        Assert.Equal("vi", Encoding.UTF8.GetString(program.ToDisplay(2)));
    }

    private static string Show(Dictionary<string, string> variables, params string[] command) => Show(variables, [], command);

    private static string Show(Dictionary<string, string> variables, string[] options, params string[] command)
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, variables, ["new", .. options, "--", .. command]);
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        connection.Release();
        string shown = connection.Terminal.ReadToEnd();
        Assert.Equal(0, run.ExitCode);
        return shown;
    }

    private static string LoginShell(string home, string typed)
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("HOME", home)), "new", "-c", "256");
        using FakeConnection connection = broker.Accept();
        connection.Accept();
        connection.Terminal.Type(typed);
        connection.Release();
        return connection.Terminal.ReadToEnd();
    }
}
