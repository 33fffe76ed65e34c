using System.Net;
using System.Net.Sockets;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>What people who mean harm, or do not know better, send.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class HostileRequestTests(FrontDoorFixture door)
{
    [Theory]
    [InlineData("mosh-server 'new' '-c' '256' '--' 'shell", "malformed", "malformed_command")]
    [InlineData("mosh-server 'new' '-c' '256' '--' 'a' b", "malformed", "malformed_command")]
    [InlineData("mosh-server 'new' '-x'", "does not take", "malformed_command")]
    [InlineData("mosh-server 'new' '--broker' '/tmp/x'", "does not take", "malformed_command")]
    [InlineData("mosh-server 'new' '--' '; touch /tmp/door-was-open'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' '$(touch /tmp/door-was-open)'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' '`touch /tmp/door-was-open`'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' 'shell|tee /tmp/door-was-open'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' '../../etc/passwd'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' '-oProxyCommand=touch /tmp/door-was-open'", "there is no target", "target_unknown")]
    [InlineData("mosh-server 'new' '--' 'a\u001b[2Jb'", "control characters", "malformed_command")]
    [InlineData("mosh-server 'new' '--' 'a\nMOSH CONNECT 1 2'", "control characters", "malformed_command")]
    [InlineData("mosh-server 'new' '--' 'a' 'b'", "one word too many", "malformed_command")]
    [InlineData("shell 'unclosed", "not closed", "malformed_command")]
    [InlineData("list; touch /tmp/door-was-open", "one target at a time", "malformed_command")]
    [InlineData("watch", "the words are", "malformed_command")]
    [InlineData("attach a b", "attach takes one", "malformed_command")]
    public async Task What_is_malformed_gets_one_clear_line_and_an_audit_event_and_no_shell_sees_it(string command, string line, string reason)
    {
        int before = (await door.AuditAsync("deny")).Count;
        CommandResult result = await door.SshAsync(door.Ann, command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'), said => said.StartsWith("moshbroker open: ", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/door-was-open"));
        string denied = await door.DeniedAsync(before);
        Assert.Contains($"\"moshbroker.reason\":\"{reason}\"", denied, StringComparison.Ordinal);
        Assert.Contains("\"client.address\":\"127.0.0.1\"", denied, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", denied, StringComparison.Ordinal);
    }

    /// <summary>What becomes of a long word: ours to refuse, the kernel's (128 KiB a variable), or the SSH protocol's (256 KiB a packet).</summary>
    [Theory]
    [InlineData(20_000, "the command is longer than any that mosh or ssh needs here", "malformed_command")]
    [InlineData(120_000, "the command is longer than any that mosh or ssh needs here", "malformed_command")]
    [InlineData(200_000, "Argument list too long", "nothing_asked")]
    [InlineData(1_000_000, "", "bad_packet")] // sshd hangs up, and the client says so in its own words.
    public async Task A_target_name_beyond_all_measure_is_refused(int length, string line, string reason)
    {
        // Nobody can give a program one word of 1 MB; ssh puts its words together again.
        string address = $"127.0.77.{length / 10_000}"; // Of its own: what comes again from one source is counted, not told.
        int before = (await door.AuditAsync("deny")).Count;
        string name = string.Join(' ', Enumerable.Repeat(new string('x', 20_000), length / 20_000));
        string[] words = [.. $"mosh-server 'new' '--' '{name}'".Chunk(100_000).Select(part => new string(part))];
        CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann, "-b", address), "root@127.0.0.1", .. words], door.Home.Environment, within: TimeSpan.FromSeconds(60));
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(line, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        string denied = await door.DeniedAsync(before);
        Assert.Contains($"\"moshbroker.reason\":\"{reason}\"", denied, StringComparison.Ordinal);
        Assert.Contains($"\"client.address\":\"{address}\"", denied, StringComparison.Ordinal);
        Assert.Equal(0, (await door.SshAsync(door.Ann, "list")).ExitCode);
    }

    [Fact]
    public async Task A_key_that_nobody_has_stands_in_the_audit_trail_once_however_often_it_comes()
    {
        int before = (await door.AuditAsync("deny")).Count;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(255, (await Command.RunAsync([.. door.Ssh(door.Stranger, "-b", "127.0.78.1"), "root@127.0.0.1", "list"], door.Home.Environment)).ExitCode);
        }

        string denied = await door.DeniedAsync(before);
        Assert.Contains("\"moshbroker.reason\":\"key_not_accepted\"", denied, StringComparison.Ordinal);
        Assert.Contains("\"client.address\":\"127.0.78.1\"", denied, StringComparison.Ordinal);
        Assert.Equal(before + 1, (await door.AuditAsync("deny")).Count);
    }

    [Fact]
    public async Task Five_hundred_half_open_connections_keep_nobody_out()
    {
        int before = (await door.AuditAsync("deny")).Count;
        List<Socket> silent = [];
        try
        {
            for (int i = 0; i < 500; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.79.1"), 0));
                await socket.ConnectAsync(IPAddress.Loopback, door.Port);
                silent.Add(socket);
            }

            // From the same address even.
            CommandResult result = await Command.RunAsync([.. door.Ssh(door.Ann, "-b", "127.0.79.1"), "root@127.0.0.1", "list"], door.Home.Environment, within: TimeSpan.FromSeconds(60));
            Assert.True(result.ExitCode == 0, result.Error);
            string denied = await door.DeniedAsync(before);
            Assert.Contains("\"moshbroker.reason\":\"too_many\"", denied, StringComparison.Ordinal);
            Assert.Contains("\"client.address\":\"127.0.79.1\"", denied, StringComparison.Ordinal);
        }
        finally
        {
            foreach (Socket socket in silent) { socket.Dispose(); }
        }
    }

    [Fact]
    public async Task What_is_not_ssh_is_turned_away_without_a_process()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, door.Port);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        byte[] answer = new byte[64];
        int count;
        try
        {
            count = await socket.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (SocketException)
        {
            count = 0; // Closed with our request unread: a reset.
        }

        Assert.Equal(0, count);
    }
}
