using System.Text;
using MoshBroker.Open.Native;
using MoshBroker.Open.Tests.Harness;

namespace MoshBroker.Open.Tests;

/// <summary>The exchange with the broker and what the mosh wrapper reads.</summary>
public sealed class ConnectLineTests
{
    [Fact]
    public void On_success_stdout_holds_the_connect_line_and_nothing_else()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), "new", "-c", "256", "--", "true");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.Equal($"MOSH CONNECT 60123 {FakeConnection.Key}\n", run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"session broker detached, session s-17, pid = {connection.Field("pid")}]", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_terminal_on_stdin_the_connect_line_begins_a_new_line_and_the_size_is_the_terminals()
    {
        Assert.True(Pty.TryOpen(new WindowSize { Columns = 133, Rows = 44 }, out Pty own, out _));
        string path = Encoding.ASCII.GetString(own.SlavePath).TrimEnd('\0');
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(
            OpenRun.Program, $"exec <{path}", OpenRun.Variables(), "--broker", broker.SocketPath, "new", "--", "stty", "size");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.Equal($"\r\n\nMOSH CONNECT 60123 {FakeConnection.Key}\n", run.Output);
        Assert.Equal("133x44", connection.Field("size"));
        connection.Release();
        Assert.Equal("44 133\n", connection.Terminal.ReadToEnd());
        _ = FileNative.Close(own.Master);
    }

    [Fact]
    public void Warnings_of_both_ends_come_before_the_connect_line_where_the_wrapper_still_reads()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(
            OpenRun.Program, "exec 2>&1", OpenRun.Variables(), "--broker", broker.SocketPath, "new", "-s", "--", "true");
        using FakeConnection connection = broker.Accept();
        connection.Accept("10.1.2.3 is not an address of this machine", "second");

        string[] lines = run.Output.Split('\n');
        Assert.Equal("moshbroker open: warning: SSH_CONNECTION not found; not binding to one address", lines[0]);
        Assert.Equal("moshbroker open: warning: 10.1.2.3 is not an address of this machine", lines[1]);
        Assert.Equal("moshbroker open: warning: second", lines[2]);
        Assert.StartsWith("MOSH CONNECT ", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void The_request_carries_what_the_command_line_and_the_environment_say()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(
            broker,
            OpenRun.Variables(("SSH_CONNECTION", "192.0.2.9 50000 ::ffff:198.51.100.7 22"), ("MOSH_SERVER_NETWORK_TMOUT", "3600")),
            "new", "-c", "256", "-s", "-p", "60010:60020", "--", "less", "a b");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.Equal("198.51.100.7", connection.Field("bind"));
        Assert.Equal("ssh", connection.Field("bind-source"));
        Assert.Equal("60010:60020", connection.Field("ports"));
        Assert.Equal("80x24", connection.Field("size"));
        Assert.Equal("less a b", connection.Field("command"));
        Assert.Equal("3600", connection.Field("network-timeout"));
        Assert.Equal("192.0.2.9", connection.Field("claimed-client"));
        Assert.Equal("xterm-256color", connection.Field("term"));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void The_limit_of_a_signal_that_nobody_sends_is_accepted_in_silence()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("MOSH_SERVER_SIGNAL_TMOUT", "60")), "new", "--", "true");
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain("MOSH_SERVER_SIGNAL_TMOUT", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_given_is_not_in_the_request()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(("MOSH_SERVER_NETWORK_TMOUT", "-3"), ("SSH_CONNECTION", "bogus")));
        using FakeConnection connection = broker.Accept();
        connection.Accept();

        foreach (string name in (string[])["bind", "bind-source", "ports", "network-timeout", "claimed-client"]) { Assert.Null(connection.Field(name)); }
        Assert.Equal("-sh", connection.Field("command"));
        Assert.Equal("xterm", connection.Field("term"));
        Assert.Contains("MOSH_SERVER_NETWORK_TMOUT is negative", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_broker_there_is_one_line_with_the_paths_and_the_cure()
    {
        using OpenRun run = OpenRun.Start(OpenRun.Program, "", OpenRun.Variables(("XDG_RUNTIME_DIR", "/nonexistent/x")), "new", "--broker", "/nonexistent/y");
        using OpenRun usual = OpenRun.Start(OpenRun.Program, "", OpenRun.Variables(("MOSHBROKER_SOCKET", "/nonexistent/z")), "new");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal(
            "moshbroker open: no broker answers at /nonexistent/y (No such file or directory); "
            + "start one with `moshbroker serve`, or name its socket with --broker or MOSHBROKER_SOCKET\n",
            run.Errors);
        Assert.Equal(1, usual.ExitCode);
        Assert.Contains("no broker answers at /nonexistent/z (", usual.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_usual_sockets_are_tried_in_their_order()
    {
        var environment = EnvironmentBlock.Parse("XDG_RUNTIME_DIR=/run/user/7\0"u8);
        List<byte[]> usual = BrokerSocket.Candidates(null, environment);
        environment.Set("MOSHBROKER_SOCKET"u8, "/m"u8);

        Assert.Equal(["/run/user/7/moshbroker/broker.sock"u8.ToArray(), "/run/moshbroker/broker.sock"u8.ToArray()], usual);
        Assert.Equal(["/m"u8.ToArray()], BrokerSocket.Candidates(null, environment));
        Assert.Equal(["/g"u8.ToArray()], BrokerSocket.Candidates("/g"u8.ToArray(), environment));
    }

    [Fact]
    public void A_refusal_is_shown_and_the_waiting_child_ends()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), "new", "-p", "60001", "--", "echo", "must not run");
        using FakeConnection connection = broker.Accept();
        connection.Refuse("Bad UDP port: none of 60001 is free\nMOSH IP 6.6.6.6");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal("moshbroker open: Bad UDP port: none of 60001 is free?MOSH IP 6.6.6.6\n", run.Errors);
        Assert.Equal("", connection.Terminal.ReadToEnd());
        Assert.Equal(-1, TestNative.Kill(int.Parse(connection.Field("pid")!), 0));
    }

    [Fact]
    public void A_broker_that_hangs_up_is_reported()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), "new");
        using FakeConnection connection = broker.Accept();
        connection.Send([0, 0, 0, 9, (byte)'o']);
        connection.HangUp();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("moshbroker open: the broker closed the connection without an answer; see its log\n", run.Errors);
    }

    [Fact]
    public void A_broker_that_says_nothing_is_given_up_after_ten_seconds()
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), "new");
        using FakeConnection connection = broker.Accept();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("moshbroker open: the broker did not answer within 10 seconds; see its log\n", run.Errors);
        Assert.Equal("", connection.Terminal.ReadToEnd());
    }

    [Theory]
    [InlineData("Bad UDP port range (5:3)", "-p", "5:3")]
    [InlineData("Bad number of colors (many)", "-c", "many")]
    public void A_bad_value_ends_it_before_the_broker_is_asked(string reason, params string[] words)
    {
        using var broker = new FakeBroker();
        using OpenRun run = OpenRun.Start(broker, OpenRun.Variables(), ["new", .. words]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.False(broker.HasCaller);
    }

    [Theory]
    [InlineData("--help", "Usage: moshbroker open [new]")]
    [InlineData("--version", "moshbroker 0.1.0")]
    public void Help_and_version_go_to_stdout_and_succeed(string word, string start)
    {
        using OpenRun run = OpenRun.Start(OpenRun.Program, "", OpenRun.Variables(), "new", word);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith(start, run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Errors);
    }
}
