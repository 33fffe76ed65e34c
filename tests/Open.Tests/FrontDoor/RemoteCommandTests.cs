using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MoshBroker.Open.FrontDoor;

namespace MoshBroker.Open.Tests.FrontDoor;

public sealed class RemoteCommandTests
{
    /// <summary>As the wrapper of mosh 1.4.0 sends it when it shall be told the address.</summary>
    private const string Prefix = "sh -c '[ -n \"$SSH_CONNECTION\" ] && printf \"\\nMOSH SSH_CONNECTION %s\\n\" \"$SSH_CONNECTION\"' ; ";

    [Theory]
    [InlineData("mosh-server 'new' '-c' '256' '-s' '-l' 'LANG=C.UTF-8'", "new|-c|256|-s|-l|LANG=C.UTF-8")]
    [InlineData("mosh-server 'new' '-s' '--' 'web-1'", "new|-s|--|web-1")]
    [InlineData("'new' '-s'", "new|-s")]
    [InlineData("/opt/my path/mosh-server --odd 'new' '-s'", "new|-s")]
    [InlineData("env LANG=C moshbroker open 'new' '-s'", "new|-s")]
    [InlineData("mosh-server new -c 256 -s", "new|-c|256|-s")]
    [InlineData("/usr/local/bin/mosh-server new -s -- web-1", "new|-s|--|web-1")]
    public void Moshs_wrapper_is_known_by_its_new(string command, string words)
    {
        RemoteCommand read = Parse(command);
        Assert.Null(read.Fault);
        Assert.True(read.IsMosh);
        Assert.False(read.WantsAddress);
        Assert.Equal(words, Joined(read));
    }

    [Fact]
    public void The_wrappers_wish_for_the_address_is_understood_and_taken_off()
    {
        RemoteCommand read = Parse(Prefix + "mosh-server 'new' '-s'");
        Assert.True(read.WantsAddress);
        Assert.True(read.IsMosh);
        Assert.Equal("new|-s", Joined(read));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("web-1", "web-1")]
    [InlineData("attach 01ab --take", "attach|01ab|--take")]
    [InlineData("news 'from new york'", "news|from new york")]
    [InlineData("list; touch /tmp/x", "list;|touch|/tmp/x")]
    [InlineData("sh -c 'id' ; web", "sh|-c|id|;|web")]
    public void All_else_is_the_words_of_a_plain_ssh(string command, string words)
    {
        RemoteCommand read = Parse(command);
        Assert.Null(read.Fault);
        Assert.False(read.IsMosh);
        Assert.Equal(words, Joined(read));
    }

    [Theory]
    [InlineData("mosh-server 'new' '-s", "not in single quotes")]
    [InlineData("mosh-server 'new' -s", "not in single quotes")]
    [InlineData("mosh-server 'new' '-s'; id", "not in single quotes")]
    [InlineData("web 'unclosed", "not closed")]
    [InlineData("web\0", "zero byte")]
    [InlineData(Prefix, "there is no 'new' in it")]
    [InlineData(Prefix + "web", "there is no 'new' in it")]
    public void What_is_malformed_says_so(string command, string fault)
    {
        RemoteCommand read = Parse(command);
        Assert.Contains(fault, read.Fault, StringComparison.Ordinal);
        Assert.Empty(read.Words);
        Assert.False(read.IsMosh);
    }

    [Fact]
    public void A_command_beyond_all_measure_is_refused_before_it_is_read()
    {
        Assert.Null(Parse(new string('x', RemoteCommand.MaxLength)).Fault);
        Assert.Contains("longer than any", Parse(new string('x', RemoteCommand.MaxLength + 1)).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_a_command_or_a_fault() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("", "mosh-server 'new' ", Prefix, "sh -c '").ToArbitrary(), (bytes, start) =>
        {
            RemoteCommand read = RemoteCommand.Parse([.. Encoding.ASCII.GetBytes(start), .. bytes]);
            return read.Fault is null || read.Words.Length == 0;
        }).QuickCheckThrowOnFailure();

    private static RemoteCommand Parse(string command) => RemoteCommand.Parse(Encoding.UTF8.GetBytes(command));

    private static string Joined(RemoteCommand command) => string.Join('|', command.Words.Select(word => Encoding.UTF8.GetString(word)));
}
