using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Client.Bootstrap;
using MoshBroker.Client.Prediction;

namespace MoshBroker.Client.Tests;

public sealed class BootstrapTests
{
    private const string Key = "AAECAwQFBgcICQoLDA0ODw";

    private static ConnectOptions Parse(params string[] words) => ConnectOptions.Parse(words, _ => null);

    private static ServerReply Reply(params string[] lines)
    {
        ServerReply reply = new();
        foreach (string line in lines) { _ = reply.Take(Encoding.UTF8.GetBytes(line)); }
        return reply;
    }

    [Theory]
    [InlineData("MOSH CONNECT 60001 " + Key)]
    [InlineData("MOSH CONNECT 60001 " + Key + "\r")]
    [InlineData("MOSH CONNECT 60001 " + Key + " \t\r")]
    public void The_connect_line_tells_port_and_key(string line)
    {
        ServerReply reply = Reply("MOSH IP 10.0.0.1", line);
        Assert.Equal(("10.0.0.1", 60001, Key, null), (reply.Ip, reply.Port, reply.Key, reply.Error));
    }

    [Theory]
    [InlineData("MOSH CONNECT 60001 " + Key + "x")]
    [InlineData("MOSH CONNECT 60001 " + Key + " more")]
    [InlineData("MOSH CONNECT 60001")]
    [InlineData("MOSH CONNECT x " + Key)]
    [InlineData("MOSH CONNECT 70000 " + Key)]
    [InlineData("MOSH CONNECT  60001 " + Key)]
    [InlineData("MOSH CONNECT 60001 AAECAwQFBgcICQoLDA0OD!")]
    [InlineData("MOSH IP ")]
    [InlineData("MOSH IP a b")]
    [InlineData("MOSH SSH_CONNECTION 1.2.3.4 5 6.7.8.9")]
    public void A_line_of_ours_that_is_malformed_is_an_error_that_shows_no_key(string line)
    {
        string? error = Reply(line).Error;
        Assert.NotNull(error);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" MOSH CONNECT 60001 " + Key)]
    [InlineData("\rMOSH CONNECT 60001 " + Key)]
    [InlineData("$ MOSH CONNECT 60001 " + Key)]
    [InlineData("mosh connect")]
    public void Text_before_it_makes_it_text_for_the_user(string line) => Assert.False(new ServerReply().Take(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Any_bytes_are_read_without_harm() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            ServerReply reply = new();
            _ = reply.Take(bytes);
            _ = reply.Take([.. "MOSH CONNECT "u8, .. bytes]);
            return reply.Key is null;
        }));

    [Fact]
    public void The_servers_command_is_stocks()
    {
        ConnectOptions options = Parse("-p", "60010:60020", "host", "--", "ls", "-l", "it's");
        string line = RemoteCommand.Compose(options, tellsConnection: false, 256, name => name is "LANG" or "LC_CTYPE" ? "C.UTF-8" : null);
        Assert.Equal("mosh-server 'new' '-c' '256' '-s' '-p' '60010:60020' '-l' 'LANG=C.UTF-8' '-l' 'LC_CTYPE=C.UTF-8' '--' 'ls' '-l' 'it'\\''s'", line);
    }

    [Theory]
    [InlineData("host ls -l", "host", "ls -l")]
    [InlineData("-- host -- ls", "host", "ls")]
    [InlineData("host -- -a", "host", "-a")]
    [InlineData("you@host", "you@host", "")]
    public void Options_end_at_the_host(string words, string destination, string command)
    {
        ConnectOptions options = Parse(words.Split(' '));
        Assert.Equal((null, destination, command, false), (options.Error, options.Destination, string.Join(' ', options.Command), options.IsLocal));
    }

    [Fact]
    public void Options_of_ssh_go_to_ssh()
    {
        ConnectOptions options = Parse("-A", "-J", "jump", "-i", "key", "-o", "Port=22", "-oUser=x", "-vv", "-lme", "-o", "host");
        Assert.Null(options.Error);
        Assert.Equal(["-A", "-J", "jump", "-i", "key", "-o", "Port=22", "-oUser=x", "-vv", "-lme"], options.SshOptions);
        Assert.True(options.Overwrites);
        Assert.Equal("host", options.Destination);
    }

    [Theory]
    [InlineData("-a", PredictionMode.Always)]
    [InlineData("-n", PredictionMode.Never)]
    [InlineData("--predict=experimental", PredictionMode.Experimental)]
    [InlineData("-4", PredictionMode.Adaptive)]
    internal void Prediction_is_chosen(string option, PredictionMode mode) => Assert.Equal(mode, Parse(option, "host").Prediction);

    [Theory]
    [InlineData("ssh -p 2222", "ssh|-p|2222")]
    [InlineData("ssh -o 'A B' \"c d\" e\\ f ''", "ssh|-o|A B|c d|e f|")]
    [InlineData("  ", "")]
    public void Words_are_split_as_a_shell_would(string line, string words) => Assert.Equal(words, string.Join('|', ShellQuote.Split(line)));
}
