using System.Net;
using System.Net.Sockets;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>What people who mean harm, or do not know better, send.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class HostileRequestTests(FrontDoorFixture door)
{
    [Theory]
    [InlineData("mosh-server 'new' '-c' '256' '--' 'shell", "malformed")]
    [InlineData("mosh-server 'new' '-c' '256' '--' 'a' b", "malformed")]
    [InlineData("mosh-server 'new' '-x'", "does not take")]
    [InlineData("mosh-server 'new' '--broker' '/tmp/x'", "does not take")]
    [InlineData("mosh-server 'new' '--' '; touch /tmp/door-was-open'", "there is no target")]
    [InlineData("mosh-server 'new' '--' '$(touch /tmp/door-was-open)'", "there is no target")]
    [InlineData("mosh-server 'new' '--' '../../etc/passwd'", "there is no target")]
    [InlineData("mosh-server 'new' '--' 'a\u001b[2Jb'", "control characters")]
    [InlineData("mosh-server 'new' '--' 'a' 'b'", "one word too many")]
    [InlineData("shell 'unclosed", "not closed")]
    [InlineData("list; touch /tmp/door-was-open", "one target at a time")]
    public async Task What_is_malformed_gets_one_clear_line_and_no_shell_sees_it(string command, string line)
    {
        CommandResult result = await door.SshAsync(door.Ann, command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/door-was-open"));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(120_000)]
    public async Task A_target_name_beyond_all_measure_is_refused(int length)
    {
        CommandResult result = await door.SshAsync(door.Ann, $"mosh-server 'new' '--' '{new string('x', length)}'");
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("MOSH CONNECT", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await door.SshAsync(door.Ann, "list")).ExitCode);
    }

    [Fact]
    public async Task Five_hundred_half_open_connections_keep_nobody_out()
    {
        List<Socket> silent = [];
        try
        {
            for (int i = 0; i < 500; i++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, door.Port);
                silent.Add(socket);
            }

            CommandResult result = await door.SshAsync(door.Ann, "list");
            Assert.True(result.ExitCode == 0, result.Error);
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
